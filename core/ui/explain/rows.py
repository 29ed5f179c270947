"""The rows that can be explained: the table to choose one from, and the chosen one."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import FEATURE, Dataset
from core.evaluate.predictions import MEAN, Predictions
from core.explain import Contributions
from core.explain.orders import ORDERS, SUREST, Order
from core.locale import N_
from core.train.features.inputs import Inputs
from core.train.run import Run
from core.ui import state
from core.ui.explain.names import value_labels
from core.ui.explain.row_table import listed
from core.ui.explain.words import coloured_words
from core.ui.tables import table
from core.ui.text import _, as_typed, bold, class_name, day, md, percent, signed_percent

ROWS = 6  # shown at once
_ORDER = "explained-order"
_TITLES = {
    SUREST: N_("The test rows, the surest prediction first: choose one"),
    "misses": N_("The test rows, the worst miss first: choose one"),
    "hits": N_("The test rows, the luckiest hit first: choose one"),
    "newest": N_("The test rows, the newest first: choose one"),
}


def chosen_row(run: Run, data: Dataset, found: Contributions, chosen: int) -> int:
    """Let the reader choose one explained row; return its place among them.

    The table begins with the row that is explained when it is first drawn: the one that the URL names, the one chosen
    before, or the first in the order. The others follow in the order that the reader wants, or those of them alone
    whose headline holds the words searched for. `chosen` is the number of the explained class.
    """
    test = run.predictions.test.at(data, found.rows)
    numbers = data.frame["row"].to_numpy()[found.rows]
    _follow(run, numbers)
    words, wanted = _controls(test)
    order, title = ORDERS[wanted].places(test), _(_TITLES[wanted])
    only = _only(run, numbers)
    if only is not None:
        order = order[only[order]]
        title = _(
            "The test rows that were selected on the map (n = {n:,}); the chosen row stays first",
            n=len(order),
        )
    headlines = data.frame["headline"].iloc[found.rows[order]]
    holds = headlines.str.contains(words, case=False, regex=False).to_numpy(bool)
    if words and holds.any():
        order = order[holds]
        title = _(
            "The test rows whose headline holds “{words}” (n = {n:,}); the chosen row stays first",
            words=words,
            n=len(order),
        )
    elif words:
        st.caption(md("No explained row holds “{words}”; here are all.", words=words))
        words = ""
    kept, turn = (st.session_state.get(f"{name}-{run.id}") for name in ("explained-row", "explained-turn"))
    drawn = "" if only is None else zlib.crc32(only.tobytes())
    parts = [run.id, wanted if wanted != SUREST else "", words, turn, drawn]
    key = "-".join(["explained-rows", *(str(part) for part in parts if part)])
    first = f"explained-first-{key}"
    if key not in st.session_state or first not in st.session_state:
        st.session_state[first] = kept if kept in numbers else int(numbers[order[0]])
    leading = int(np.flatnonzero(numbers == st.session_state[first])[0])
    order = np.concatenate([[leading], order[order != leading]])
    rows, config = listed(run, data, found.rows[order], _in_order(test, order), chosen)
    event = table(
        rows,
        key,
        title,
        rows=ROWS,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config=config,
    )
    picked = event.selection.rows
    place = int(order[picked[0]]) if picked and picked[0] < len(order) else int(order[0])
    st.session_state[f"explained-row-{run.id}"] = int(numbers[place])
    state.choose(row=str(numbers[place]))
    return place


def explain_only(run: Run, numbers: Sequence[int]) -> None:
    """List the rows of these numbers alone, where they are explained, until the reader wants all again.

    The first of them in the order is chosen.
    """
    st.session_state[f"explained-only-{run.id}"] = tuple(numbers)
    st.session_state.pop(f"explained-row-{run.id}", None)
    state.choose(row="")


def _only(run: Run, numbers: np.ndarray) -> np.ndarray | None:
    """Return which rows of these numbers `(n,)` were selected on the map, with a button to list all; None for all."""
    key = f"explained-only-{run.id}"
    only = np.isin(numbers, st.session_state.get(key, ()))
    if not only.any():
        if key in st.session_state:
            st.caption(_("None of the rows that were selected on the map is explained; here are all."))
        return None
    if st.button(_("Show all rows again"), icon=":material/close:", key="explained-all", type="tertiary"):
        del st.session_state[key]
        st.rerun()
    return only


def _controls(test: Predictions) -> tuple[str, str]:
    """Let the reader search the headlines and choose an order; return the words and the order's key."""
    dated = bool(test.table["session"].notna().any())
    orders = {key: order for key, order in ORDERS.items() if dated or not order.of_dates}
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    words = left.text_input(
        _("Search the headlines"),
        key="explained-words",
        max_chars=60,
        placeholder=_("any word"),
        persist_state="session",
    )
    st.session_state.setdefault(_ORDER, SUREST)
    if st.session_state[_ORDER] not in orders:  # chosen for a table with dates
        st.session_state[_ORDER] = SUREST
    wanted = right.segmented_control(
        _("Order"),
        list(orders),
        key=_ORDER,
        format_func=lambda key: _(orders[key].title),
        required=True,
        persist_state="session",
        help=_meanings(orders),
    )
    return (words or "").strip(), wanted or SUREST


def _meanings(orders: Mapping[str, Order]) -> str:
    lines = ["- " + bold(_(order.title)) + ": " + _(order.meaning) for order in orders.values()]
    return "\n".join(lines)


def _follow(run: Run, numbers: np.ndarray) -> None:
    """Take the row that a link or a chart has chosen since the page was last drawn; say where it is not explained.

    The table is then a new one, in which that row leads and is selected.
    """
    kept, turn = f"explained-row-{run.id}", f"explained-turn-{run.id}"
    asked, before = state.chosen("row"), st.session_state.get(kept)
    if asked in ("", str(before)):
        return
    if asked not in numbers.astype(str):
        st.info(
            md(
                "Row {row} is not among the explained test rows of this run; another one is shown.", row=asked
            ),
            icon=":material/search_off:",
        )
        return
    st.session_state[kept] = int(asked)
    st.session_state[turn] = st.session_state.get(turn, 0) + (before is not None)


def _in_order(test: Predictions, order: np.ndarray) -> Predictions:
    return Predictions(test.table.iloc[order].reset_index(drop=True), test.classes)


def headline(run: Run, data: Dataset, found: Contributions, place: int, chosen: int) -> None:
    """Quote the headline of an explained row, with what is known of it and what was predicted.

    Where the contributions explain another number than the test's prediction, it is said why.
    """
    position = int(found.rows[place])
    row = data.frame.iloc[position]
    test = run.predictions.test.at(data, found.rows[[place]])
    known = [str(row[role]) for role in ("press", "company") if not pd.isna(row[role])]
    when = [] if pd.isna(row["session"]) else [day(row["session"])]
    facts = " · ".join(as_typed(fact) for fact in (*when, *known, _("row {n}", n=int(row["row"]))))
    with st.container(border=True, gap="small"):
        st.markdown(bold(as_typed(row["headline"])))
        st.markdown(_said(run, row, test))
        st.caption(facts)
        if apart := _apart(run, float(found.prediction[MEAN][place]), test, chosen):
            st.caption(apart)


def _apart(run: Run, explained: float, test: Predictions, chosen: int) -> str:
    """Say why the explained number is not the test's prediction; "" where it is the same as it is written."""
    predicted = float(test[MEAN][0, chosen] if run.classes else test[MEAN][0])
    written = [percent(value) if run.classes else signed_percent(value) for value in (explained, predicted)]
    if written[0] == written[1] or not (run.settings.sealed or run.parts.calibrators):
        return ""
    words = dict(zip(("explained", "predicted"), written, strict=True))
    if run.settings.sealed:
        return md(
            "Below, {explained} is explained: what the final models say, which have learned from this row; {predicted} was "
            "predicted by the models of its test, which had not.",
            **words,
        )
    return md(
        "Below, {explained} is explained: the probability before calibration made {predicted} of it.", **words
    )


def _said(run: Run, row: pd.Series, test: Predictions) -> str:
    """Say what was predicted of a row, every class with its probability, and what happened."""
    mean = test[MEAN][0]
    if not run.classes:
        words = {"predicted": signed_percent(float(mean)), "outcome": signed_percent(float(test.outcome[0]))}
        return md("Predicted {predicted}; what happened: {outcome}", **words)
    likely = np.argsort(-mean, kind="stable")
    predicted = " · ".join(f"{class_name(run.classes[k])} {percent(float(mean[k]))}" for k in likely)
    outcome = class_name(run.classes[int(test.outcome[0])])
    if isinstance(row["target"], float):
        outcome += f" ({signed_percent(row['target'])})"
    return md("Predicted {predicted}; what happened: {outcome}", predicted=predicted, outcome=outcome)


def words_of_row(run: Run, data: Dataset, found: Contributions, place: int, chosen: int) -> None:
    """Draw the headline of an explained row with its words coloured."""
    position = found.rows[[place]]
    row = Inputs.of(data, None, run.settings.use_press).take(position)
    headline, number = (data.frame[name].iloc[int(position[0])] for name in ("headline", "row"))
    coloured_words(run, str(headline), row, found, place, chosen, f"row {number}")


def row_labels(data: Dataset, found: Contributions, place: int) -> dict[str, str]:
    """Return each group's name with its value in an explained row."""
    row = data.frame.iloc[int(found.rows[place])]
    features = {name: row[FEATURE + name] for name in data.roles.numeric}
    press = None if pd.isna(row["press"]) else str(row["press"])
    return value_labels(found, features, press, row["time"])
