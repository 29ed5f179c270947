"""What explanations say in words: what moves the predictions most, and what topics do."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.classes import class_message
from core.errors import Message
from core.evaluate.written import percent, points
from core.explain.contributions import Contributions
from core.explain.effects import Effect
from core.explain.path import shares
from core.locale import N_
from core.train.features.registry import groups
from core.train.features.vector import HEADLINE

PLACES = {True: 1, False: 2}  # of percentage points, by whether they are of a probability
NAMED = 3  # keywords of a topic's short name


def group_message(group: str) -> Message:
    """Return what a group of columns is called; a feature keeps its own name."""
    ours = groups()
    if group in ours:
        return Message(ours[group])
    return Message("{name}", {"name": group.removeprefix("feature.")})


def topic_message(keywords: Sequence[str], most: int = NAMED) -> Message:
    """Return a topic's keywords as its name."""
    if not keywords:
        return Message(N_("without keywords"))
    return Message("{name}", {"name": ", ".join(keywords[:most])})


def explained(found: Contributions) -> Message:
    """Return what is explained: the probability of a class, or the predicted return."""
    if found.label is None:
        return Message(N_("the predicted return"))
    return Message(N_("the probability of {label}"), {"label": class_message(found.label)})


def movement(found: Contributions) -> Message:
    """Say what moved the predictions most."""
    of = shares(found)
    if of is None:
        return Message(N_("Nothing moved the predictions: they are the same for every row."))
    words = {
        "what": explained(found),
        "group": group_message(of.most),
        "size": points(of.size, PLACES[found.label is not None]).lstrip("+"),
        "share": percent(of.share),
        "headline": percent(of.headline),
    }
    if of.groups == 1 and of.most == HEADLINE:
        template = N_("The headline is all that moves {what}: by {size} percentage points on average.")
    elif of.groups == 1:
        template = N_("“{group}” is all that moves {what}: by {size} percentage points on average.")
    elif of.most == HEADLINE:
        template = N_(
            "The headline moves {what} most: by {size} percentage points on average, {share} of all movement."
        )
    elif of.of_headline or not of.headline:
        template = N_(
            "“{group}” moves {what} most: by {size} percentage points on average, {share} of all movement."
        )
    else:
        template = N_(
            "“{group}” moves {what} most: by {size} percentage points on average, {share} of all movement; {headline} "
            "comes from the headline."
        )
    return Message(template, words)


def topics_sentence(effects: Sequence[Effect], found: Contributions) -> Message:
    """Say for how many topics what happened bears the models out."""
    told = [effect for effect in effects if effect.confirmed]
    if not told:
        return Message(
            N_(
                "After none of the {n} topics did what happened differ, in the models' direction, from the rest by more "
                "than {n} comparisons bring about by chance: read the bars as what the models believe."
            ),
            {"n": len(effects)},
        )
    places = PLACES[found.label is not None]
    first = told[0]
    return Message(
        N_(
            "Of {n} topics, what happened bears the models out for {told}; most of all for “{topic}”: its headlines move "
            "the prediction by {size} percentage points on average, and what followed differed by {outcome}."
        ),
        {
            "n": len(effects),
            "told": len(told),
            "topic": topic_message(first.keywords),
            "size": points(first.contribution.value, places),
            "outcome": points(first.outcome.value, places),
        },
    )
