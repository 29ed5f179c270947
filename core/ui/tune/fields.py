"""The fields of the form: one for each setting, kept in the session by the setting's name."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import UserError
from core.locale import N_
from core.tune.settings import LOSSES, METHODS, TuneSettings

SHARES = ("test_share", "valid_share")  # shown in percent
LOSS_NAMES = {
    "cross_entropy": N_("cross-entropy"),
    "batch_all": N_("all triplets"),
    "batch_hard": N_("hardest triplets"),
    "batch_semi_hard": N_("semi-hard triplets"),
    "batch_hard_soft_margin": N_("hardest triplets, soft margin"),
    "cosine": N_("cosine against the score"),
    "cosent": N_("CoSENT: the order of the scores"),
    "softmax": N_("softmax over the labels"),
    "multiple_negatives": N_("multiple negatives (pairs that belong together)"),
}
DISTANCE_NAMES = {"cosine": N_("cosine"), "euclidean": N_("Euclidean")}
WEIGHT_NAMES = {"none": N_("every text counts the same"), "balanced": N_("every class counts the same")}
FREEZE_NAMES = {
    "auto": N_("automatic: where the vocabulary is large"),
    "yes": N_("keep them as they are"),
    "no": N_("train them too"),
}


def key(setting: str) -> str:
    """Return the key of a setting's field."""
    return f"tune-{setting}"


def begin(start: TuneSettings) -> None:
    """Give every field a value before the first is drawn: those of a file that was just read, else what stands there."""
    given: TuneSettings | None = st.session_state.pop("tune-given", None)
    for setting, value in (given or start).as_dict().items():
        if given is not None or key(setting) not in st.session_state:
            st.session_state[key(setting)] = _shown(setting, value)
        st.session_state[key(setting)] = st.session_state[key(setting)]  # kept while its field is not drawn


def give(settings: TuneSettings) -> None:
    """Put settings into the fields and draw the page again."""
    st.session_state["tune-given"] = settings
    st.rerun()


def settings() -> TuneSettings:
    """Return what the fields say; raises `UserError` for a value that is none."""
    values = {name: _read(name, st.session_state[key(name)]) for name in TuneSettings().as_dict()}
    if values["loss"] not in LOSSES[values["method"]]:
        values["loss"] = LOSSES[values["method"]][0]
    return TuneSettings(**values)


def method() -> str:
    """Return the chosen method."""
    return st.session_state[key("method")] or next(iter(METHODS))


def _shown(setting: str, value: Any) -> Any:
    if setting in SHARES:
        return round(100 * value, 6)
    if setting == "learning_rate":
        return f"{value:g}" if value else ""
    return value


def _read(setting: str, value: Any) -> Any:
    if setting in SHARES:
        return value / 100
    if setting == "method":
        return method()
    if setting == "learning_rate":
        try:
            return float(value.strip() or 0)
        except ValueError as error:
            raise UserError(
                N_("The learning rate {text} is no number: write it as 2e-5 or 0.00002."), text=value
            ) from error
    return value
