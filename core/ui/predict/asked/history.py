"""The questions that were asked of a run: kept as they are asked, listed, asked again, and carried by the URL."""

from __future__ import annotations

import zlib

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import UserError
from core.evaluate.predictions import MEAN
from core.locale import P_
from core.predict.asked import history as store
from core.predict.asked.history import LONGEST_NAME, AskedBefore, History
from core.train.run import Run
from core.ui.evaluate.text import model_name
from core.ui.guards import Given
from core.ui.predict import answer
from core.ui.predict.asked.fill import put_into_form
from core.ui.predict.asked.prepared import do, files
from core.ui.predict.form import ADDRESS
from core.ui.predict.live import Asked
from core.ui.tables import table
from core.ui.text import UNKNOWN, _, as_typed, class_name, translate_md, when

LINK = "asked"  # the part of the URL that names a question


def take_from_link(run: Run, data: Dataset) -> None:
    """Put the question that the URL names into the form, where it does not stand there yet; before the form is drawn."""
    wanted = st.query_params.get(LINK, "")
    if not wanted or wanted == st.session_state.get(_shown(run)):
        return
    if (item := store.history(run.id).get(wanted)) is not None:
        _ask_again(run, data, item)
    else:
        st.query_params.pop(LINK, None)
        st.warning(
            _("The question of this link is not in the history of this run."), icon=":material/history:"
        )


def remember(run: Run, asked: Asked) -> None:
    """Keep a question that was answered, once, and let the URL name it.

    What the form holds by itself when the page is opened is not a question of the reader's: it is kept once it is pinned.
    """
    item_id = store.id_of(run, asked.question)
    if st.session_state.get(_shown(run)) != item_id:
        if ADDRESS not in st.query_params and LINK not in st.query_params:
            st.session_state.setdefault(_own(run), item_id)
        if st.session_state.get(_own(run)) == item_id:
            st.query_params.pop(LINK, None)
            st.session_state.pop(_shown(run), None)
            return
        if not _keep(run, asked):
            return
    if st.query_params.get(LINK) != item_id:
        st.query_params[LINK] = item_id


def history(here: Given, asked: Asked) -> None:
    """List what was asked of the run, with what one can do with a question; all of it can be saved, and loaded again."""
    run, found = here.run, store.history(here.run.id)
    _pin_this(run, found, asked)
    if found.items:
        item = _list(run, found, asked.explained)
        if item is not None:
            _actions(run, here.data, found, item)
    else:
        st.caption(_("Nothing has been asked yet: type a headline above, and it is kept here."))
    if found.sealed:
        st.caption(
            _(
                P_(
                    "{n:,} question is not shown: its headline lies in a holdout that has been sealed since.",
                    "{n:,} questions are not shown: their headlines lie in a holdout that has been sealed since.",
                ),
                n=found.sealed,
            )
        )
    files(run, here.data, found)


def _shown(run: Run) -> str:
    return f"asked-shown-{run.id}"


def _own(run: Run) -> str:
    return f"asked-own-{run.id}"


def _chosen(run: Run) -> str:
    return f"asked-chosen-{run.id}"


def _keep(run: Run, asked: Asked) -> AskedBefore | None:
    try:
        item = store.remember(run, asked.question, asked.made.values)
    except UserError as error:
        st.warning(translate_md(error.message))
        return None
    st.session_state[_shown(run)] = item.id if item else None
    return item


def _ask_again(run: Run, data: Dataset, item: AskedBefore) -> None:
    put_into_form(run, data, item.question)
    st.session_state[_shown(run)] = item.id
    st.query_params[LINK] = item.id


def _pin_this(run: Run, found: History, asked: Asked) -> None:
    """Offer to pin the question that stands in the form."""
    item = found.get(store.id_of(run, asked.question))
    pinned = item is not None and item.pinned
    st.button(
        _("This question is pinned") if pinned else _("Pin this question"),
        icon=":material/keep:",
        key="pin-this",
        disabled=pinned,
        on_click=_pin_asked,
        args=(run, asked),
    )


def _pin_asked(run: Run, asked: Asked) -> None:
    st.session_state.pop(_own(run), None)
    if item := _keep(run, asked):
        do(store.pin, item)
        st.session_state[_chosen(run)] = item.id


def _list(run: Run, found: History, explained: int) -> AskedBefore | None:
    """Draw the list and return the question that is chosen in it."""
    ids = [item.id for item in found.items]
    chosen = st.session_state.get(_chosen(run))
    start = ids.index(chosen) if chosen in ids else 0
    key = f"asked-{run.id}-{zlib.crc32(repr([(i.id, i.place, i.name) for i in found.items]).encode())}"
    frame, hidden = _frame(run, found, explained)
    config: dict[str, object] = dict.fromkeys(hidden)
    config[_("pinned")] = st.column_config.TextColumn(width=60)
    config[_("headline")] = st.column_config.TextColumn(width="large")
    event = table(
        frame,
        key,
        _("Questions asked of this run, the pinned ones first"),
        rows=8,
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [start]}},
        column_config=config,
    )
    rows = event.selection.rows
    if not rows or rows[0] >= len(ids):
        return None
    st.session_state[_chosen(run)] = ids[rows[0]]
    return found.items[rows[0]]


def _frame(run: Run, found: History, explained: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the list as a table, and the names of the columns that only its files show."""
    items = found.items
    at = explained if run.classes else 0
    shown: dict[str, list[object]] = {
        _("pinned"): [str(item.place) if item.pinned else "" for item in items],
        _("name"): [item.name for item in items],
        _("headline"): [item.question.headline for item in items],
        answer.name(run, explained): [_written(run, item, at) for item in items],
        _("outlet"): [item.question.press or UNKNOWN for item in items],
        _("asked"): [when(item.asked.timestamp()) for item in items],
    }
    saved: dict[str, list[object]] = {
        _("company"): [item.question.company or "" for item in items],
        _("as of"): [f"{item.question.time:%Y-%m-%d %H:%M}" if item.question.time else "" for item in items],
    }
    for name in run.preparation.features:
        saved[name] = [item.question.features.get(name) for item in items]
    for model in dict.fromkeys(model for item in items for model in item.values):
        for place, label in enumerate(run.classes or ("",)):
            title = ": ".join(filter(None, (model_name(model), class_name(label))))
            saved[title] = [_value(item, model, place) for item in items]
    saved[_("link")] = [item.id for item in items]
    saved = {name: values for name, values in saved.items() if name not in shown}
    return pd.DataFrame(shown | saved), list(saved)


def _value(item: AskedBefore, model: str, place: int) -> float | None:
    said = item.values.get(model, ())
    return said[place] if len(said) > place else None


def _written(run: Run, item: AskedBefore, at: int) -> str:
    said = item.values.get(MEAN, ())
    return answer.written(run, said[at]) if -len(said) <= at < len(said) else UNKNOWN


def _actions(run: Run, data: Dataset, found: History, item: AskedBefore) -> None:
    """Offer what can be done with the chosen question."""
    key = f"asked-name-{item.id}"
    if key not in st.session_state:
        st.session_state[key] = item.name
    with st.container(border=True):
        st.markdown(as_typed(item.question.headline))
        st.text_input(
            _("Name"),
            key=key,
            max_chars=LONGEST_NAME,
            placeholder=_("shown above the headline when it is presented"),
            on_change=_rename,
            args=(item, key),
        )
        with st.container(horizontal=True):
            st.button(
                _("Ask again"),
                type="primary",
                icon=":material/replay:",
                key="ask-again",
                on_click=_ask_again,
                args=(run, data, item),
            )
            change = store.unpin if item.pinned else store.pin
            label = _("Unpin") if item.pinned else _("Pin")
            st.button(label, icon=":material/keep:", key="pin-asked", on_click=do, args=(change, item))
            if item.pinned and len(found.pinned) > 1:
                first, last = found.pinned[0].id == item.id, found.pinned[-1].id == item.id
                for by, word, icon, end in ((-1, _("Up"), "upward", first), (1, _("Down"), "downward", last)):
                    st.button(
                        word,
                        icon=f":material/arrow_{icon}:",
                        key=f"move-asked-{by}",
                        disabled=end,
                        on_click=do,
                        args=(store.move, item, by),
                    )
            st.button(
                _("Delete"),
                icon=":material/delete:",
                key="forget-asked",
                on_click=do,
                args=(store.forget, item),
            )
    st.caption(_("The address of this page always leads back to the question in the form."))


def _rename(item: AskedBefore, key: str) -> None:
    do(store.rename, item, st.session_state[key])
