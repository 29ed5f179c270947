"""Loading a table: one file or two, how they are read, which column is which, and what is left out."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
import streamlit as st

from core.data.build import build_dataset
from core.data.dataset import Dataset, Roles
from core.data.formats.delimited import DELIMITERS, ONE_COLUMN
from core.data.formats.recognise import ENCODINGS
from core.data.join.join import guess_join, join_tables
from core.data.library import Source, load_sources, save_dataset
from core.data.plan import Plan, TargetRule
from core.data.reading import ReadOptions, read_table
from core.data.roles import Guess, guess_roles
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.settings import settings
from core.ui import jobs, state
from core.ui.data.join import join_form, show_join
from core.ui.data.plan_form import plan_form
from core.ui.text import _, md, told

SAMPLE = "headlines.csv"
IN_THE_BACKGROUND = 50_000


@dataclass
class Draft:
    """What is being loaded in this session: the files as read, and the plan so far."""

    sources: list[Source]
    plan: Plan
    reasons: dict[str, Message] = field(default_factory=dict)
    digests: tuple[str, ...] = ()
    guessed: bool = False  # whether the roles were guessed from all files


def load_sample() -> None:
    """Read the sample table, keep it in the library and choose it; say so where the disk does not allow it."""
    try:
        _load_sample()
    except UserError as error:
        st.session_state["notice"] = error.message


def _load_sample() -> None:
    table = read_table((settings().sample_data / SAMPLE).read_bytes())
    plan = Plan(guess_roles(table.frame).roles)
    data = build_dataset([table.frame], plan, _("Sample (synthetic)"))
    save_dataset(data, [Source(SAMPLE, table)])
    state.choose(dataset=data.id)


def edit(data: Dataset) -> None:
    """Take up a dataset's files and plan again, so that a choice can be changed or a step undone."""
    try:
        sources = load_sources(data.id)
    except UserError as error:
        st.session_state["notice"] = error.message
        return
    if sources and data.plan:
        try:
            reasons = guess_roles(sources[0].table.frame).reasons
        except UserError:
            reasons = {}
        st.session_state["draft"] = Draft(sources, data.plan, reasons, guessed=True)


def panel() -> None:
    """Draw everything about loading a table."""
    ended = jobs.ended("load")
    if ended and ended.status == "done":
        st.session_state.pop("draft", None)
    if jobs.panel("load", own=True):
        return
    _upload()
    draft: Draft | None = st.session_state.get("draft")
    if draft is None:
        return
    table = _joined(draft)
    if table is None:
        return
    plan = plan_form(draft.plan, draft.reasons, table)
    if plan is not None:
        build(draft.sources, plan)


def build(sources: list[Source], plan: Plan) -> None:
    """Make the dataset of a plan and choose it; in the background where the files are large."""
    name = sources[0].name

    def work(report: Report) -> dict[str, str]:
        data = build_dataset([source.table.frame for source in sources], plan, name, report)
        save_dataset(data, sources)
        return {"dataset": data.id}

    if len(sources[0].table.frame) > IN_THE_BACKGROUND:
        _next_upload()
        digest = hashlib.sha256(plan.to_json().encode()).hexdigest()
        jobs.submit("load", {"file": name, "plan": digest, "session": _session()}, work)
    try:
        with st.spinner(_("Reading {rows:,} rows …", rows=len(sources[0].table.frame))):
            made = work(silent)
    except UserError as error:
        st.error(told(error.message))
        return
    st.session_state.pop("draft", None)
    _next_upload()
    state.choose(**made)
    st.rerun()


def _next_upload() -> None:
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1


def _session() -> str:
    return st.session_state.setdefault("load_session", uuid.uuid4().hex)


def _upload() -> None:
    limits = settings()
    st.caption(
        _(
            "Read are at most {mb:,.0f} MB and {rows:,} rows; a million rows take about 20 seconds on two cores.",
            mb=limits.max_upload_bytes / 2**20,
            rows=limits.max_rows,
        )
    )
    generation = st.session_state.get("uploads", 0)
    left, right = st.columns(2)
    with left:
        first = st.file_uploader(_("The headlines: CSV, XLSX, Parquet or JSON"), key=f"upload-{generation}")
    with right:
        second = st.file_uploader(
            _("A second file, if features or outcomes stand there"),
            key=f"upload-2-{generation}",
            disabled=not first,
        )
    if first is None:
        return
    files = [file for file in (first, second) if file is not None]
    hashes = [hashlib.sha256(file.getvalue()).hexdigest() for file in files]
    options = [
        _read_options(file.name, number, digest)
        for number, (file, digest) in enumerate(zip(files, hashes, strict=True))
    ]
    digests = tuple(f"{digest} {option!r}" for digest, option in zip(hashes, options, strict=True))
    draft: Draft | None = st.session_state.get("draft")
    if draft is not None and draft.digests == digests:
        return
    try:
        with st.spinner(_("Reading the file …")):
            sources = [
                Source(file.name, read_table(file.getvalue(), option))
                for file, option in zip(files, options, strict=True)
            ]
    except UserError as error:
        st.error(told(error.message))
        st.session_state.pop("draft", None)
        return
    st.session_state["draft"] = _drafted(sources, digests)
    if _remember_sheets(sources, files, hashes):
        st.rerun()


def _remember_sheets(sources: list[Source], files: list[Any], hashes: list[str]) -> bool:
    """Keep the sheets of new workbooks, and which has headlines where the first has not; say whether any is new."""
    known: dict[str, tuple[tuple[str, ...], str]] = st.session_state.setdefault("sheets", {})
    new = False
    for source, file, digest in zip(sources, files, hashes, strict=True):
        if digest not in known and len(source.table.sheets) > 1:
            known[digest] = (source.table.sheets, _sheet_of_headlines(file.getvalue(), source))
            new = True
    return new


def _sheet_of_headlines(content: bytes, source: Source) -> str:
    for sheet in source.table.sheets:
        try:
            guess_roles(read_table(content, ReadOptions(sheet=sheet)).frame)
        except UserError:
            continue
        return sheet
    return source.table.sheet


def _drafted(sources: list[Source], digests: tuple[str, ...]) -> Draft:
    frames = [source.table.frame for source in sources]
    try:
        guess = guess_roles(frames[0])
    except UserError:
        guess = Guess(Roles(""), {})
    roles = guess.roles
    join = guess_join(frames[0], frames[1], roles) if len(frames) == 2 and roles.headline else None
    return Draft(sources, Plan(roles, join=join, target=_rule(guess)), guess.reasons, digests)


def _read_options(name: str, number: int, digest: str) -> ReadOptions:
    sheets, wanted = st.session_state.get("sheets", {}).get(digest, ((), ""))
    sheet = ""
    if sheets:
        index = sheets.index(wanted) if number == 0 and wanted in sheets else 0
        sheet = st.selectbox(_("Sheet"), sheets, index=index, key=f"sheet-{digest[:12]}")
    with st.popover(md("How {name} is read", name=name), icon=":material/settings:"):
        found = _("found by itself")
        encoding = st.selectbox(
            _("Encoding"),
            ["", *ENCODINGS],
            key=f"encoding-{number}",
            format_func=lambda e: e.upper() or found,
        )
        names = {
            "": found,
            ",": _("comma"),
            "\t": _("tab"),
            ";": _("semicolon"),
            ONE_COLUMN: _("none: one column"),
        }
        delimiter = st.selectbox(
            _("Delimiter"),
            ["", *DELIMITERS, ONE_COLUMN],
            key=f"delimiter-{number}",
            format_func=lambda d: names.get(d, d),
        )
    return ReadOptions(encoding or "", delimiter or "", sheet or "")


def _rule(guess: Guess) -> TargetRule:
    """Return a target made from prices where the files have prices and no target; else the target as it stands."""
    if guess.roles.target or not guess.price:
        return TargetRule(price=guess.price, benchmark=guess.benchmark)
    return TargetRule("return", price=guess.price, benchmark=guess.benchmark)


def _preview(source: Source) -> None:
    table = source.table
    names = {",": _("comma"), "\t": _("tab"), ";": _("semicolon")}
    how = [table.format.upper(), table.encoding.upper(), names.get(table.delimiter, table.delimiter)]
    if len(table.sheets) > 1:
        how.append(_("sheet {sheet} of {sheets}", sheet=table.sheet, sheets=", ".join(table.sheets)))
    st.caption(
        md(
            "{name}: {rows:,} rows, {columns} columns · {how}",
            name=source.name,
            rows=len(table.frame),
            columns=table.frame.shape[1],
            how=" · ".join(part for part in how if part),
        )
    )
    if table.titles:
        st.caption(md("Lines above the header that were left out: {titles}", titles=" / ".join(table.titles)))
    st.dataframe(table.frame.head(6), hide_index=True)


def _joined(draft: Draft) -> pd.DataFrame | None:
    for source in draft.sources:
        _preview(source)
    first = draft.sources[0].table.frame
    if len(draft.sources) == 1:
        return first
    second = draft.sources[1].table.frame
    join = join_form(first, second, draft.plan)
    if join is None:
        return None
    try:
        joined = join_tables(first, second, join, draft.plan.roles, draft.plan.exchange)
    except UserError as error:
        st.error(told(error.message))
        return None
    show_join(joined, first, second)
    if join != draft.plan.join:
        draft.plan = replace(draft.plan, join=join)
    if not draft.guessed:
        try:
            guess = guess_roles(joined.frame)
            draft.plan = replace(draft.plan, roles=guess.roles, target=_rule(guess))
            draft.reasons = guess.reasons
        except UserError:
            pass
        draft.guessed = True
    return joined.frame
