"""The arms of the lift: ways to predict with and without the headlines, of which two are compared."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import Message
from core.evaluate.metrics import METRICS, shown
from core.evaluate.predictions import FUSION, MEAN
from core.locale import N_

ARMS = {"table": "table_only", "all": MEAN, "fusion": FUSION}  # arm -> predictions


def arm_of(name: str) -> str:
    """Return the arm that these predictions are; predictions of another name are their own."""
    return next((arm for arm, predictions in ARMS.items() if predictions == name), name)


def arms_sentence(metric: str, arms: Mapping[str, float], compared: str) -> Message | None:
    """Say what each arm scored and which was `compared` with the table; None where there is no table or no headline."""
    params: dict[str, object] = {arm: shown(METRICS[metric], score) for arm, score in arms.items()}
    params["metric"] = Message(METRICS[metric].title)
    if set(arms) == {"table", "all"}:
        return Message(
            N_(
                "{metric} by the table alone {table}, by one model of all columns {all}. Some tests have too few rows before "
                "them to fuse a model of the table with one of the headline."
            ),
            params,
        )
    if set(arms) != set(ARMS):
        return None
    template = (
        N_(
            "{metric} by the table alone {table}, by one model of all columns {all}, by a model of the table and one "
            "of the headline fused {fusion}. The difference is that of the fusion, a rule from before the test: one "
            "model of everything can lose the table's few columns among the hundreds of the vector."
        )
        if compared == "fusion"
        else N_(
            "{metric} by the table alone {table}, by one model of all columns {all}, by a model of the table and one "
            "of the headline fused {fusion}. The difference is that of one model of all columns."
        )
    )
    return Message(template, params)
