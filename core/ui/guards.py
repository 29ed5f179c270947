"""What a page needs before it can be drawn: opened, or else said to be missing with the way to where it is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn, TypeVar

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.train.run import Run
from core.ui import jobs, navigation, state
from core.ui.pages import DATASET, RUN, TARGET, VECTORS, Page, maker
from core.ui.text import _, translate_md

Thing = TypeVar("Thing")


@dataclass
class Given:
    """What a page declared to need; to ask for anything else is a `LookupError`."""

    page: Page
    _data: Dataset | None = None
    _vectors: np.ndarray | None = None
    _run: Run | None = None

    @property
    def data(self) -> Dataset:
        """The chosen dataset."""
        return _there(self._data, DATASET, self.page)

    @property
    def vectors(self) -> np.ndarray:
        """The dataset's vectors `(rows, dim)` for the chosen encoder and pooling, `(rows, 0)` for a run that reads none."""
        return _there(self._vectors, VECTORS, self.page)

    @property
    def run(self) -> Run:
        """The chosen run of the dataset; the encoder and pooling that it reads by are chosen too."""
        return _there(self._run, RUN, self.page)

    def rest(self) -> None:
        """Open what the page needs and has not opened yet; where something is missing, say so and end the page."""
        for thing in self.page.needs:
            self.open(thing)

    def open(self, thing: str) -> None:
        """Open one of the things that the page needs, once; where it is missing, say so and end the page."""
        if thing == DATASET:
            self._data = self._data or need_dataset()
        elif thing == TARGET:
            need_target(self.data)
        elif thing == VECTORS:
            self._vectors = self._open_vectors() if self._vectors is None else self._vectors
        elif thing == RUN:
            self._run = self._run or need_run(self.data)
        else:
            raise ValueError(f"page {self.page.key!r} needs {thing!r}, which nobody can open")

    def _open_vectors(self) -> np.ndarray:
        if self._run is not None and not self._run.settings.reads_headline:
            return np.zeros((len(self.data), 0), np.float32)
        return need_vectors(self.data)

    def onward(self) -> None:
        """Draw the button to the page after this one, where there is one."""
        navigation.onward_from(self.page)


def need(page: Page, alone: str = "") -> Given:
    """Open what a page needs, in its order, or one thing alone; where something is missing, say so and end the page."""
    given = Given(page)
    if alone:
        given.open(alone)
    else:
        given.rest()
    return given


def need_dataset() -> Dataset:
    """Return the chosen dataset, or say that one is needed, link to where it is made, and end the page."""
    data = state.dataset()
    if data is None:
        _missing(_("No table is chosen yet. Load one, or open one from the library."), DATASET)
    return data


def need_target(data: Dataset) -> None:
    """End the page of a dataset without a target."""
    if not data.target_kind:
        st.info(
            _(
                "This table has no target, so there is nothing to learn. Load it again and choose the target column."
            )
        )
        st.stop()


def need_vectors(data: Dataset) -> np.ndarray:
    """Return the dataset's vectors for the chosen encoder and pooling, or link to where they are made."""
    vectors = state.vectors(data)
    if vectors is None:
        if jobs.panel("embed", dataset=data.id):
            st.stop()
        _missing(_("The headlines of this table have no vectors yet for the chosen encoder."), VECTORS)
    return vectors


def chosen_run(data: Dataset) -> Run | None:
    """Return the chosen run if it was made from this dataset; say so where it cannot be opened."""
    if not state.chosen("run"):
        return None
    try:
        run = state.run(state.chosen("run"))
    except UserError as error:
        st.error(translate_md(error.message))
        state.choose(run="")
        return None
    if run.dataset_id != data.id:
        state.choose(run="")
        return None
    return run


def need_run(data: Dataset) -> Run:
    """Return the chosen run of this dataset, or link to where one is made.

    The encoder and pooling that it reads headlines by are chosen too.
    """
    run = chosen_run(data)
    if run is None:
        _missing(_("No run is chosen yet. Train the models, or open an earlier run."), RUN)
    wanted = state.space_of_run(run)
    if wanted and (state.encoder(), state.pooling()) != tuple(wanted.values()):
        state.choose(**wanted)
    return run


def _missing(sentence: str, thing: str) -> NoReturn:
    page = maker(thing)
    st.info(sentence, icon=":material/arrow_forward:")
    if st.button(_("Go to “{page}”", page=navigation.title(page)), type="primary"):
        navigation.go(page.key)
    st.stop()


def _there(thing: Thing | None, name: str, page: Page) -> Thing:
    if thing is None:
        raise LookupError(f"page {page.key!r} does not say in its entry that it needs {name!r}")
    return thing
