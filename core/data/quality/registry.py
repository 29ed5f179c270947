"""All kinds of findings, in the order in which a report lists those of one level."""

from __future__ import annotations

from core.data.quality.finding import Kind
from core.data.quality.findings import (
    features,
    independence,
    lengths,
    outcomes,
    outlets,
    reading,
    repeats,
    sessions,
)

KINDS: list[Kind] = [
    *independence.KINDS,
    *outcomes.KINDS,
    *features.KINDS,
    *sessions.KINDS,
    *reading.KINDS,
    *repeats.KINDS,
    *lengths.KINDS,
    *outlets.KINDS,
]
