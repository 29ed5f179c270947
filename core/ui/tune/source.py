"""What an encoder is tuned on: the table now open, or a file of sentence pairs."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.data.library import list_datasets, load_dataset
from core.embed.sts import read_pairs
from core.evaluate.ledger import sealed_positions
from core.settings import settings
from core.tune.pairs import PairColumns, guess_pair_columns
from core.tune.pipeline import Source
from core.tune.settings import LABELS, PAIRS, TARGET, TERCILES
from core.ui import navigation
from core.ui.pages import PAGES
from core.ui.text import _, as_typed, md
from core.ui.tune import fields
from core.ui.tune.fields import key

FORMATS = ["csv", "tsv", "xlsx", "parquet", "json"]


def source(data: Dataset | None) -> tuple[Source, str] | None:
    """Ask what to tune on; return it with a name for its content, None where it is still to be brought.

    Raises `UserError` for a file that cannot be read.
    """
    return _pairs() if fields.method() == PAIRS else _table(data)


def _table(data: Dataset | None) -> tuple[Source, str] | None:
    if data is None:
        st.info(
            _("No table is chosen yet. Load one on the data page; sentence pairs are brought here."),
            icon=":material/arrow_forward:",
        )
        if st.button(_("Go to “{page}”", page=navigation.title(PAGES["data"])), key="tune-to-data"):
            navigation.go("data")
        return None
    st.markdown(md("Learns from the headlines of **{name}**.", name=data.name))
    left, right = st.columns(2, gap="medium")
    with left:
        _labels(data)
    with right:
        valid = _validation_table(data)
    tables = [one for one in (data, valid.dataset if valid else None) if one is not None]
    content = " ".join(
        f"{one.id} {sealed_positions(one).tolist()}" for one in tables
    )  # sealed rows are left out
    return Source(dataset=data, name=data.name, valid=valid), f"{settings().home} {content}"


def _labels(data: Dataset) -> None:
    returns = data.target_kind == "return"
    choices = [TARGET, TERCILES] if returns else [TARGET]
    if st.session_state[key("labels")] not in choices:
        st.session_state[key("labels")] = TARGET
    own = _("win or lose") if returns else md("the classes of {column}", column=data.roles.target or "")
    st.selectbox(
        _("Labels"),
        choices,
        format_func=lambda name: own if name == TARGET else _(LABELS[name]),
        key=key("labels"),
        help=_("What is cut from returns is cut by the sessions of the training alone."),
    )


def _validation_table(data: Dataset) -> Source | None:
    """Let the reader choose a table of the library that chooses the epoch, where it has others with a target."""
    others = {e.id: e.name for e in list_datasets() if e.id != data.id and e.roles.target}
    if not others:
        return None
    picked = st.selectbox(
        _("Validation table"),
        ["", *others],
        format_func=lambda name: others.get(name, _("none: a part of this table")),
        key="tune-valid",
        help=_("It chooses the epoch to keep. The test stays a part of this table."),
    )
    return Source(dataset=load_dataset(picked), name=others[picked]) if picked else None


def _pairs() -> tuple[Source, str] | None:
    st.caption(
        _(
            "A table with two columns of sentences and one of scores (KorSTS, KLUE-STS) or of labels (KorNLI: entailment, "
            "neutral, contradiction)."
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        file = st.file_uploader(_("Sentence pairs"), type=FORMATS, key="tune-pairs")
    with right:
        valid = st.file_uploader(_("Validation pairs (optional)"), type=FORMATS, key="tune-valid-pairs")
    if file is None:
        return None
    frame, digest = _read(file, "pairs")
    columns = _columns(frame, digest)
    later = None
    if valid is not None:
        others, second = _read(valid, "valid")
        later = Source(pairs=others, columns=columns, name=valid.name)
        digest = f"{digest} {second}"
    return Source(pairs=frame, columns=columns, name=file.name, valid=later), f"{digest} {columns}"


def _read(file: Any, slot: str) -> tuple[pd.DataFrame, str]:
    """Return a file's table and the digest of its content, read once for each file."""
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    known: tuple[str, pd.DataFrame] | None = st.session_state.get(f"tune-read-{slot}")
    if known is None or known[0] != digest:
        with st.spinner(_("Reading the file …")):
            known = digest, read_pairs(content)
        st.session_state[f"tune-read-{slot}"] = known
    return known[1], digest


def _columns(frame: pd.DataFrame, digest: str) -> PairColumns:
    guess = guess_pair_columns(frame)
    names = [str(name) for name in frame.columns]
    asked = {"one": _("First sentence"), "other": _("Second sentence"), "label": _("Score or label")}
    chosen = {}
    for column, (part, label) in zip(st.columns(3), asked.items(), strict=True):
        with column:
            chosen[part] = st.selectbox(
                label, names, index=names.index(getattr(guess, part)), key=f"tune-{part}-{digest[:8]}"
            )
    st.caption(
        _(
            "First row: {one} | {other} | {label}",
            **{k: as_typed(str(frame[v].iloc[0])) for k, v in chosen.items()},
        )
    )
    return PairColumns(**chosen)
