"""The feature blocks: what a model can be given. A new one is an entry here.

`BLOCKS` are used wherever a table has them, `EXTRAS` where a training asks for them.
"""

from __future__ import annotations

from core.locale import N_
from core.train.features import classifier
from core.train.features.block import Block, Extra
from core.train.features.clock import clock
from core.train.features.continuous import Continuous
from core.train.features.morphemes import Terms, read_ahead
from core.train.features.outlets import PRESS, Outlets
from core.train.features.text_features import keywords, length, tone
from core.train.features.vector import HEADLINE, Vector

TEXT, CLOCK = "text", "clock"  # groups of contributions

BLOCKS: dict[str, Block] = {
    entry.key: entry
    for entry in (
        Block("headline", N_("headline"), HEADLINE, "vectors", Vector),
        Block("features", N_("continuous features"), None, "features", Continuous),
        Block("press", N_("press outlet"), PRESS, "press", Outlets),
    )
}
EXTRAS: dict[str, Extra] = {
    entry.key: entry
    for entry in (
        Extra("length", N_("Length, digits and punctuation"), TEXT, "text", read=length),
        Extra("clock", N_("Hour and weekday"), CLOCK, "time", read=clock),
        Extra("keywords", N_("Finance keywords"), TEXT, "text", read=keywords),
        Extra("morphemes", N_("Morphemes (TF-IDF)"), TEXT, "text", learned=Terms, read_ahead=read_ahead),
        Extra("sentiment", N_("Finance sentiment (word list)"), TEXT, "text", read=tone),
        Extra(
            classifier.KEY,
            N_("Sentiment (a classifier tuned here)"),
            TEXT,
            "text",
            learned=classifier.Classified,
            read_ahead=classifier.read_ahead,
        ),
    )
}


def groups() -> dict[str, str]:
    """Return the titles of the groups that contributions can belong to, beside the continuous features."""
    titles = {entry.group: entry.title for entry in _entries() if entry.group is not None}
    return titles | {TEXT: N_("words and form of the headline")}


def headline_groups() -> frozenset[str]:
    """Return the groups that come from the headline, as vector or as text; the clock does not."""
    of_headline = (entry.group for entry in _entries() if entry.source in ("vectors", "text"))
    return frozenset(group for group in of_headline if group is not None)


def _entries() -> list[Block | Extra]:
    return [*BLOCKS.values(), *EXTRAS.values()]


def reads(source: str, extras: tuple[str, ...]) -> bool:
    """Say whether one of these extras is made of this field of the inputs."""
    return any(EXTRAS[extra].source == source for extra in extras)
