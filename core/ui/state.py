"""What this session has chosen: ids in the session's state and, the same, in the URL."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.data.library import load_dataset
from core.embed.checkpoint.bundled import NAME as BUNDLED
from core.embed.pooling import POOLINGS
from core.errors import UserError
from core.train.prepared import prepared_vectors
from core.train.run import Run
from core.train.runs import load_run

_KEYS = ("dataset", "encoder", "pooling", "run", "evaluation", "tuned", "job", "class", "row")


def chosen(key: str) -> str:
    """Return the chosen `dataset`, `encoder`, `pooling`, `run`, `evaluation`, `tuned`, `job`, `class` or `row`, "" where nothing is."""
    return st.session_state.get(f"chosen_{key}", "")


def choose(**ids: str) -> None:
    """Choose ids; "" takes a choice back.

    Another dataset takes the chosen run back, and a run the evaluation; another run takes the row back.
    """
    if "dataset" in ids and ids["dataset"] != chosen("dataset"):
        ids = {"run": "", "class": "", "row": ""} | ids
    if "run" in ids:
        ids.setdefault("evaluation", "")
        if chosen("run") not in ("", ids["run"]):
            ids.setdefault("row", "")
    for key, value in ids.items():
        st.session_state[f"chosen_{key}"] = value
    _write_url()


def read_url() -> None:
    """Take the ids that the URL carries, and write those of the session into it.

    A link that names another dataset and no run leaves the run behind; one that names a run alone brings the
    run's dataset.
    """
    given = {key: st.query_params[key] for key in _KEYS if key in st.query_params}
    if given.get("dataset", chosen("dataset")) != chosen("dataset"):
        given.setdefault("run", "")
        given.setdefault("row", "")
    if given.get("run", chosen("run")) != chosen("run"):
        given.setdefault("evaluation", "")
        given.setdefault("row", "")
    for key, value in given.items():
        st.session_state[f"chosen_{key}"] = value
    if chosen("run") and not chosen("dataset"):
        _choose_dataset_of_run()
    _write_url()


def _choose_dataset_of_run() -> None:
    try:
        st.session_state["chosen_dataset"] = run(chosen("run")).dataset_id
    except UserError:
        return


def query() -> dict[str, str]:
    """Return the chosen ids for a link to another page."""
    return {key: chosen(key) for key in _KEYS if chosen(key)}


def _write_url() -> None:
    for key in _KEYS:
        if chosen(key):
            if st.query_params.get(key) != chosen(key):
                st.query_params[key] = chosen(key)
        elif key in st.query_params:
            del st.query_params[key]


def encoder() -> str:
    """Return the chosen encoder's name, the bundled one where none is chosen."""
    return chosen("encoder") or BUNDLED


def pooling() -> str:
    """Return the chosen pooling, the chosen encoder's own where none is chosen."""
    if chosen("pooling") in set(POOLINGS):
        return chosen("pooling")
    from core.embed.catalog import resolve

    try:
        return str(resolve(encoder()).pooling)
    except UserError:
        return "mean"


def dataset() -> Dataset | None:
    """Open the chosen dataset; a choice that is not in the library any more is taken back."""
    if not chosen("dataset"):
        return None
    try:
        return load_dataset(chosen("dataset"))
    except UserError as error:
        st.session_state["notice"] = error.message
        choose(dataset="", run="")
        return None


@st.cache_resource(max_entries=4, show_spinner=False)
def run(run_id: str) -> Run:
    """Open a run, once per server. Raises `UserError` where there is none of this id."""
    return load_run(run_id)


def vectors(data: Dataset) -> np.ndarray | None:
    """Return the vectors of a dataset for the chosen encoder and pooling, `(rows, dim)`, else None."""
    return vectors_of(data, encoder(), pooling())


def vectors_of(data: Dataset, encoder_name: str, pooling_name: str) -> np.ndarray | None:
    """Return the vectors of a dataset for an encoder and a pooling, `(rows, dim)`, None where any is missing.

    They are those that the sample's prepared run was trained on, if it is in the workspace and this is its dataset, else
    those of the store.
    """
    prepared = prepared_vectors(data.id, encoder_name, pooling_name)
    if prepared is not None:
        return prepared
    try:
        return _vectors(data, data.id, *space_of(encoder_name, pooling_name))
    except _NotStoredError:
        return None


def space() -> tuple[str, str, str]:
    """Return the chosen encoder and pooling, and a key of the encoder's content, "" where it is not on this machine.

    With a dataset's id they name its vectors, so they are the key of what is computed from these.
    """
    return space_of(encoder(), pooling())


def space_of(encoder_name: str, pooling_name: str) -> tuple[str, str, str]:
    """Return an encoder and a pooling, and a key of the encoder's content, as `space` does of the chosen ones."""
    from core.embed import space_key

    try:
        return encoder_name, pooling_name, space_key(encoder_name)
    except UserError:
        return encoder_name, pooling_name, ""


def space_of_run(run: Run) -> dict[str, str]:
    """Return the `encoder` and `pooling` that a run reads headlines by, to be chosen; empty where it reads none."""
    if not run.settings.reads_headline:
        return {}
    return {"encoder": run.settings.encoder, "pooling": run.settings.pooling}


def forget_vectors() -> None:
    """Read the vectors from the store again: some were removed."""
    _vectors.clear()


class _NotStoredError(Exception):
    """The store lacks a vector; raised so that the answer is not cached."""


@st.cache_resource(max_entries=6, show_spinner=False)
def _vectors(_data: Dataset, dataset_id: str, encoder_name: str, pooling_name: str, space: str) -> np.ndarray:
    """Read the vectors; `space` changes with the encoder's content, so that a re-saved folder is read anew."""
    from core.embed import vectors_if_stored

    try:
        found = vectors_if_stored(_data.headlines, encoder_name, pooling_name)
    except UserError:
        found = None
    if found is None:
        raise _NotStoredError
    found.flags.writeable = False
    return found
