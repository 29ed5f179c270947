"""What a reader should know of the test before believing its scores."""

from __future__ import annotations

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message
from core.evaluate.events import disagreeing
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings
from core.locale import N_, P_

FEW_SESSIONS = 10


def cautions(predictions: Predictions, dataset: Dataset, settings: EvaluateSettings) -> list[Message]:
    """Return what limits the scores of the test, the gravest first."""
    test = predictions.test
    found = []
    if predictions.classes and len(np.unique(test.outcome)) < 2:
        found.append(
            Message(
                N_("All test rows are of one class, so some scores are undefined: hold out more."),
                code="one_class",
            )
        )
    sessions = int(test.table["session"].nunique())
    if dataset.has_sessions and sessions < FEW_SESSIONS:
        found.append(
            Message(
                P_(
                    "The test holds only {n} session, so the intervals are rough.",
                    "The test holds only {n} sessions, so the intervals are rough.",
                ),
                {"n": sessions},
                "few_sessions",
            )
        )
    torn = 0
    if settings.unit == "event":
        torn = disagreeing(dataset, test.outcome, test.positions(dataset))
    if torn:
        found.append(
            Message(
                P_(
                    "In {n} event of the test the rows disagree about the outcome; their mean (or most frequent "
                    "class) was scored.",
                    "In {n} events of the test the rows disagree about the outcome; their mean (or most frequent "
                    "class) was scored.",
                ),
                {"n": torn},
                "torn_events",
            )
        )
    return found
