"""The frame around every page: its configuration, the sidebar, and the guards that say what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.locale import LANGUAGES, N_
from core.train.run import Run
from core.train.runs import list_runs, load_run
from core.ui import jobs, state
from core.ui.text import _, language, md, pooling_name, run_label, told
from core.ui.theme import palette


@dataclass(frozen=True)
class Page:
    """A page: its file, its name in the sidebar, the question it answers, and what it is for."""

    file: str
    name: str
    question: str
    purpose: str


PAGES = {
    "home": Page(
        "app.py",
        N_("Start"),
        N_("Does the headline say anything about the outcome?"),
        N_("From a table of headlines to an honest score and an explained prediction."),
    ),
    "data": Page(
        "pages/1_data.py",
        N_("1 Data"),
        N_("What does the table hold?"),
        N_("Load a table, say which column is which, and see how much evidence it really is."),
    ),
    "embed": Page(
        "pages/2_embed.py",
        N_("2 Embed"),
        N_("How do headlines become vectors?"),
        N_("An encoder turns each distinct headline into a vector, once; the store keeps it."),
    ),
    "train": Page(
        "pages/3_train.py",
        N_("3 Train"),
        N_("Do the headlines really help?"),
        N_(
            "Several models learn on one part of the table and are scored on the rest: on later sessions, unless you choose otherwise."
        ),
    ),
    "explain": Page(
        "pages/4_explain.py",
        N_("4 Explain"),
        N_("Why does the model think so?"),
        N_("How much the headline, each feature and the outlet moved each prediction."),
    ),
    "maps": Page(
        "pages/5_maps.py",
        N_("5 Maps"),
        N_("Which headlines lie close together?"),
        N_("A map of the embeddings: near means alike for the encoder."),
    ),
    "predict": Page(
        "pages/6_predict.py",
        N_("6 Predict"),
        N_("What would it say about this headline?"),
        N_("Type a headline, set the numbers, and see the prediction, its reasons and its precedents."),
    ),
}

_ICON = Path(__file__).with_name("icon.png")  # a symbol or an emoji would be fetched from outside
_CSS = """<style>
.stApp, .stApp input, .stApp table { font-variant-numeric: tabular-nums; }
.block-container { padding-top: 2.6rem; padding-bottom: 4rem; max-width: 78rem; }
/* its CSV would run formulas in a spreadsheet: the pages have exports of their own */
[data-testid="stElementToolbar"] button[aria-label="Download as CSV"] { display: none; }
.stApp button[data-variant="segmented_control"][data-selected="true"] { color: inherit; font-weight: 650; }
[data-testid="stMetric"] { min-width: 7.5rem; }
[data-testid="stMetricValue"] > div { white-space: normal; overflow: visible; }
[data-testid="stHeading"] h1 { word-break: keep-all; padding-bottom: .2rem; }
.stApp p, .stApp li, .stApp h1, .stApp h2, .stApp h3 { word-break: keep-all; overflow-wrap: anywhere; }
</style>"""


_SHOWS_A_RUN = ("train", "explain", "maps", "predict")


def _accent() -> str:
    """Return the style of accented text: the colour of buttons is too dark for words on a dark page."""
    accented = '.stApp [role="tab"][aria-selected="true"] p, .stApp [data-testid="stSliderThumbValue"]'
    return f"<style>{accented} {{ color: {palette().accent}; }}</style>"


def start(name: str) -> None:
    """Begin a page: configure it, take the ids from the URL, draw the sidebar and the page's question."""
    page = PAGES[name]
    title = f"{_(page.name)} · Headline Lab"
    st.set_page_config(page_title=title, page_icon=str(_ICON), layout="wide")
    st.html(_CSS + _accent())
    state.read_url()
    jobs.collect()
    if name in _SHOWS_A_RUN:
        _open_newest_run()
    _sidebar(name)
    st.title(_(page.question), anchor=False)
    st.caption(_(page.purpose))
    if notice := st.session_state.pop("notice", None):
        st.warning(told(notice))
    if done := st.session_state.pop("done", None):
        st.success(told(done), icon=":material/check:")


def _open_newest_run() -> None:
    """Choose the newest run of the chosen dataset where none is: who comes back finds the answer."""
    dataset_id = state.chosen("dataset")
    if dataset_id and not state.chosen("run"):
        for run in list_runs(dataset_id)[:1]:
            state.choose(run=run.id)


def link(name: str, label: str = "") -> None:
    """Draw a link to a page that keeps the chosen ids."""
    st.page_link(PAGES[name].file, label=label or _(PAGES[name].name), query_params=state.query())


def onward(name: str, label: str) -> None:
    """Draw the button to the next page."""
    if st.button(label, type="primary", icon=":material/arrow_forward:", icon_position="right"):
        go(name)


def go(name: str) -> None:
    """Go to a page with the chosen ids."""
    st.switch_page(PAGES[name].file, query_params=state.query())


def need_dataset() -> Dataset:
    """Return the chosen dataset, or say that one is needed, link to where it is made, and end the page."""
    data = state.dataset()
    if data is None:
        _missing(_("No table is chosen yet. Load one, or open one from the library."), "data")
    return data


def need_vectors(data: Dataset) -> np.ndarray:
    """Return the dataset's vectors for the chosen encoder and pooling, or link to where they are made."""
    vectors = state.vectors(data)
    if vectors is None:
        if jobs.panel("embed", dataset=data.id):
            st.stop()
        _missing(_("The headlines of this table have no vectors yet for the chosen encoder."), "embed")
    return vectors


def chosen_run(data: Dataset) -> Run | None:
    """Return the chosen run if it was made from this dataset; say so where it cannot be opened."""
    if not state.chosen("run"):
        return None
    try:
        run = _run(state.chosen("run"))
    except UserError as error:
        st.error(told(error.message))
        state.choose(run="")
        return None
    if run.dataset_id != data.id:
        state.choose(run="")
        return None
    return run


def need_run(data: Dataset) -> Run:
    """Return the chosen run of this dataset with its encoder and pooling chosen, or link to where one is made."""
    run = chosen_run(data)
    if run is None:
        _missing(_("No run is chosen yet. Train the models, or open an earlier run."), "train")
    wanted = {"encoder": run.settings.encoder, "pooling": run.settings.pooling}
    if (state.encoder(), state.pooling()) != tuple(wanted.values()):
        state.choose(**wanted)
    return run


@st.cache_resource(max_entries=4, show_spinner=False)
def _run(run_id: str) -> Run:
    return load_run(run_id)


def _missing(sentence: str, page: str) -> NoReturn:
    st.info(sentence, icon=":material/arrow_forward:")
    if st.button(_("Go to “{page}”", page=_(PAGES[page].name)), type="primary"):
        go(page)
    st.stop()


def _sidebar(page: str) -> None:
    with st.sidebar:
        st.subheader("Headline Lab", anchor=False)
        for name in PAGES:
            link(name)
        st.divider()
        _chosen(page)
        jobs.sidebar()
        st.divider()
        _preferences()


def _chosen(page: str) -> None:
    data = state.dataset()
    encoder = f"{state.encoder().rsplit('/', 1)[-1]} · {pooling_name(state.pooling())}"
    rows = [
        (_("Dataset"), data.name if data else ""),
        (_("Encoder"), encoder if data else ""),
        (_("Run"), _run_words()),
    ]
    for label, value in rows:
        st.caption(md("{label}: **{value}**", label=label, value=value) if value else f"{label}: –")
    following = _next(page, data)
    if following in (None, page):
        return
    st.page_link(
        PAGES[following].file,
        label=_("Next: {page}", page=_(PAGES[following].name)),
        icon=":material/arrow_forward:",
        query_params=state.query(),
    )


def _run_words() -> str:
    if not state.chosen("run"):
        return ""
    try:
        return run_label(_run(state.chosen("run")))
    except UserError:
        return ""


def _next(page: str, data: Dataset | None) -> str | None:
    """Return the first page whose result is missing, else the one after this; None on the last."""
    if data is None:
        return "data"
    if not state.chosen("run"):
        return "embed" if state.vectors(data) is None else "train"
    names = list(PAGES)
    place = max(names.index(page), names.index("train")) + 1
    return names[place] if place < len(names) else None


def _preferences() -> None:
    st.segmented_control(
        "언어 · Language",
        list(LANGUAGES),
        default=language(),
        format_func=lambda code: LANGUAGES[code],
        key="language",
        persist_state="session",
        width="stretch",
    )
    st.segmented_control(
        _("Colour of up"),
        ["red", "blue"],
        default="red",
        key="up_colour",
        persist_state="session",
        format_func=lambda colour: _("red (Korea)") if colour == "red" else _("blue (West)"),
        width="stretch",
    )
