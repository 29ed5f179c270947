"""What is said of predictions that were made elsewhere: how they were matched, what limits them, and what they add."""

from __future__ import annotations

from core.errors import Message
from core.locale import P_


def said_of(counts: dict[str, int]) -> list[Message]:
    """Say how the two tables fit together and what was left out, for the reader."""
    told = [
        Message(
            P_(
                "{matched:,} of {n:,} row of predictions was matched to the table.",
                "{matched:,} of {n:,} rows of predictions were matched to the table.",
            ),
            {"n": counts["rows"], "matched": counts["matched"]},
        )
    ]
    templates = {
        "unmatched": P_(
            "{n:,} row of the file is not in the table.", "{n:,} rows of the file are not in the table."
        ),
        "duplicates": P_(
            "{n:,} row speaks of a row that an earlier one speaks of; the first counts.",
            "{n:,} rows speak of rows that earlier ones speak of; the first counts.",
        ),
        "ambiguous": P_(
            "{n:,} row fits several rows of the table that ended differently, so it was left out: an id or the company "
            "would tell them apart.",
            "{n:,} rows fit several rows of the table that ended differently, so they were left out: an id or the "
            "company would tell them apart.",
        ),
        "without_outcome": P_(
            "{n:,} matched row has no outcome yet, so it is not judged.",
            "{n:,} matched rows have no outcome yet, so they are not judged.",
        ),
        "without_prediction": P_(
            "{n:,} matched row lacks a prediction, so it is not judged.",
            "{n:,} matched rows lack a prediction, so they are not judged.",
        ),
        "not_predicted": P_(
            "{n:,} row of the table with a known outcome has no prediction.",
            "{n:,} rows of the table with a known outcome have no prediction.",
        ),
    }
    told += [Message(template, {"n": counts[name]}) for name, template in templates.items() if counts[name]]
    return told
