"""The maps of two runs' encoders side by side: what is selected on one has a ring on both."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.maps import METHODS, MapSettings
from core.train.run import Run
from core.ui import state
from core.ui.maps.beside import Space, space_name, vectors_beside
from core.ui.maps.layout import layout
from core.ui.maps.listing import hover_texts, listed
from core.ui.maps.picture.colouring import Shown, offered
from core.ui.maps.picture.draw import picture
from core.ui.maps.picture.marks import Mark
from core.ui.sealed import sealed_rows
from core.ui.tables import table
from core.ui.text import _, bold, count, md

HEIGHT = 520
MOST_RINGS = 500


def two_maps(data: Dataset, named: dict[str, Run]) -> None:
    """Let the reader choose two of the runs that read headlines by different vectors, and draw their maps."""
    st.markdown(bold(_("Two maps side by side")))
    reading = {letter: run for letter, run in named.items() if run.settings.reads_headline}
    spaces = {letter: (run.settings.encoder, run.settings.pooling) for letter, run in reading.items()}
    if len(set(spaces.values())) < 2:
        st.caption(
            _(
                "The chosen runs read headlines by one encoder and pooling at most, so there are no two maps to compare."
            )
        )
        return
    chosen = _choose(spaces)
    if chosen is None:
        return
    method, colour = _how(data, [reading[letter] for letter in chosen])
    key = f"beside-ringed-{data.id}"
    ringed = np.asarray(st.session_state.get(key, ()), np.int64)
    picked = []
    for column, letter, side in zip(st.columns(2, gap="medium"), chosen, ("-one", "-two"), strict=True):
        with column:
            picked.append(_map(data, reading[letter], letter, spaces[letter], method, colour, ringed, side))
    st.caption(_(METHODS[method].caution))
    now = np.unique(np.concatenate(picked))
    if not np.array_equal(now, ringed):
        st.session_state[key] = tuple(now.tolist())
        st.rerun()
    _list(data, now)


def _choose(spaces: dict[str, Space]) -> tuple[str, str] | None:
    """Ask which two; at first they are the first two with different vectors."""
    letters = list(spaces)
    other = next(letter for letter in letters if spaces[letter] != spaces[letters[0]])
    names = {letter: f"{letter} · {space_name(space)}" for letter, space in spaces.items()}
    with st.container(horizontal=True, gap="medium"):
        left = st.selectbox(
            _("Left map"),
            letters,
            key=f"beside-left-{'-'.join(letters)}",
            format_func=names.__getitem__,
            width=320,
        )
        right = st.selectbox(
            _("Right map"),
            letters,
            index=letters.index(other),
            key=f"beside-right-{'-'.join(letters)}",
            format_func=names.__getitem__,
            width=320,
        )
    if spaces[left] == spaces[right]:
        st.caption(_("Both have the same vectors, so their maps are the same: choose another one."))
        return None
    return left, right


def _how(data: Dataset, runs: list[Run]) -> tuple[str, str]:
    """Ask for the method and for what the points are coloured by, of what both runs can be."""
    known = [offered(Shown(data, run, np.arange(0))) for run in runs]
    titles = {key: _(colouring.title) for key, colouring in known[0].items() if key in known[1]}
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        method = st.segmented_control(
            _("Method"),
            list(METHODS),
            default="pca",
            required=True,
            key="beside-method",
            format_func=lambda name: METHODS[name].title,
            width="content",
        )
        colour = st.selectbox(
            _("Colour"), list(titles), key="beside-colour", format_func=titles.__getitem__, width=200
        )
    st.caption(_("The same headlines in the same colours; the axes of the two maps are not the same."))
    return method or "pca", colour


def _map(
    data: Dataset,
    run: Run,
    letter: str,
    space: Space,
    method: str,
    colour: str,
    ringed: np.ndarray,
    side: str,
) -> np.ndarray:
    """Draw one of the two; return the positions of the rows that are selected on it."""
    vectors = vectors_beside(data, space)
    nothing = np.arange(0)
    if vectors is None:
        return nothing
    of = (data.id, *state.space_of(*space))
    found = layout(vectors, MapSettings(method), of, data.distinct_headlines, data.id)
    if found is None:
        return nothing
    places, made = found
    marks = []
    if len(some := ringed[:MOST_RINGS]):
        marks.append(
            Mark(
                _("selected ({n})", n=count(len(ringed))), places[some], hover_texts(data, some), "ring", some
            )
        )
    title = f"{letter} · {space_name(space)} · {METHODS[made.method].title}"
    return picture(
        data, places, made, colour, run, grouped=True, marks=marks, side=side, title=title, height=HEIGHT
    )


def _list(data: Dataset, rows: np.ndarray) -> None:
    if not len(rows):
        st.caption(
            _("Draw a box or a lasso around points of one map: the same headlines have a ring on the other.")
        )
        return
    content, config = listed(data, rows[:MOST_RINGS], sealed_rows(data))
    table(content, "beside-selected", _("The selected headlines"), rows=6, column_config=config)
    if len(rows) > MOST_RINGS:
        st.caption(md("The first {n} have a ring and are listed.", n=count(MOST_RINGS)))
