"""The report's examples: headlines that were told right and wrong, with their reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.compare.report.blocks import Block, Quote, Section, Text
from core.compare.report.content import Example, ReportContent
from core.compare.report.reader import Reader
from core.compare.report.svg import fit
from core.data.dataset import FEATURE
from core.evaluate.written import UNKNOWN, percent, points, signed_percent
from core.explain.path import path
from core.explain.sentences import PLACES, explained
from core.locale import N_
from core.train.features.outlets import PRESS

LEAST = 0.005  # a contribution that an example's reasons name
_LONGEST = 2_000  # of a headline that is quoted, about 170 syllables


def examples(content: ReportContent, reader: Reader) -> Section:
    """Return headlines that were told right and wrong, with their reasons."""
    title = reader.say(N_("Examples: right and wrong"))
    if not content.examples:
        return Section("examples", title, (Text(reader.say(N_("No test row may be shown."))),))
    blocks: list[Block] = [
        Text(
            reader.say(
                N_(
                    "The surest predictions of the test that came true, and the surest that did not, one of each event and "
                    "story. They show how the models read, not how often they are right: that is the score's matter."
                )
            )
        )
    ]
    blocks += [_quote(content, example, reader) for example in content.examples]
    return Section("examples", title, tuple(blocks))


def _quote(content: ReportContent, example: Example, reader: Reader) -> Quote:
    row = content.data.frame.iloc[example.position]
    known = [str(row[role]) for role in ("press", "company") if not pd.isna(row[role])]
    when = [] if pd.isna(row["session"]) else [reader.day(row["session"])]
    about = " · ".join((*when, *known, reader.say(N_("row {n}"), n=int(row["row"]))))
    return Quote(
        "✓" if example.right else "✗",
        reader.say(N_("right")) if example.right else reader.say(N_("wrong")),
        example.right,
        fit(str(row["headline"]), _LONGEST),
        about,
        _said(content, example, reader),
        tuple(_why(content, example, reader)),
    )


def _said(content: ReportContent, example: Example, reader: Reader) -> str:
    classes = content.run.classes
    template = N_("Predicted {predicted}; what happened: {outcome}")
    if not classes:
        predicted = signed_percent(float(example.said[0]))
        return reader.say(template, predicted=predicted, outcome=signed_percent(example.outcome))
    likely = np.argsort(-example.said, kind="stable")[:3]
    predicted = " · ".join(
        f"{reader.class_name(classes[k])} {percent(float(example.said[k]))}" for k in likely
    )
    return reader.say(template, predicted=predicted, outcome=reader.class_name(classes[int(example.outcome)]))


def _why(content: ReportContent, example: Example, reader: Reader) -> list[str]:
    """Say how the models came to a prediction: from the average, by groups and, where they were read, by words."""
    found = content.found
    if found is None or example.place < 0:
        return []
    places = PLACES[found.label is not None]
    way = path(found, example.place, LEAST if found.label is not None else 0.0)
    moves = [
        f"{_valued(content, group, example, reader)} {points(float(step), places)}"
        for group, step in zip(way.groups[:4], way.steps[:4], strict=True)
    ]
    written = percent if found.label is not None else signed_percent
    reasons = [
        reader.say(
            N_(
                "Why: {what} starts at {base} on average and comes to {end} here; what moved it, in points: {moves}."
            ),
            what=reader.text(explained(found)),
            base=written(way.base),
            end=written(way.end),
            moves=", ".join(moves) or UNKNOWN,
        )
    ]
    words = _words_of(content, example, places)
    if words:
        reasons.append(
            reader.say(N_("Of the headline, these words moved it most: {words}."), words=", ".join(words))
        )
    return reasons


def _valued(content: ReportContent, group: str, example: Example, reader: Reader) -> str:
    """Return a group's name with its value in the row, where it is one number or an outlet."""
    row, name = content.data.frame.iloc[example.position], reader.group(group)
    column = FEATURE + group.removeprefix(FEATURE)
    if column in content.data.frame.columns and not pd.isna(row[column]):
        return f"{name} ({row[column]:,.4g})"
    if group == PRESS and not pd.isna(row["press"]):
        return f"{name} ({row['press']})"
    return name


def _words_of(content: ReportContent, example: Example, places: int) -> list[str]:
    words = content.words
    if words is None:
        return []
    mine = np.flatnonzero(words.row == example.position)
    first = mine[np.argsort(-np.abs(words.value[mine]), kind="stable")][:4]
    return [f"{words.names[words.word[k]]} {points(float(words.value[k]), places)}" for k in first]
