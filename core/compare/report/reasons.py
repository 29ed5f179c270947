"""What drives the predictions: groups of columns, topics, words."""

from __future__ import annotations

import math

import pandas as pd

from core.compare.report import charts
from core.compare.report.blocks import Block, Grid, Heading, Picture, Section, Text
from core.compare.report.colours import ACCENT
from core.compare.report.content import REASONS, TOPICS, WORDS, ReportContent
from core.compare.report.reader import Reader
from core.evaluate.bootstrap import Interval
from core.evaluate.predictions import MEAN
from core.evaluate.written import UNKNOWN, count, points, points_interval
from core.explain import Contributions, Effect
from core.explain.sentences import PLACES, explained, movement, topics_sentence
from core.locale import N_

MOST_GROUPS, MOST_TOPICS, MOST_WORDS = 10, 12, 16


def drivers(content: ReportContent, reader: Reader) -> Section:
    """Return what moves the predictions: groups of columns, topics, words."""
    title, found = reader.say(N_("What drives the predictions")), content.found
    if found is None:
        return Section("drivers", title, (Text(reader.text(content.missing[REASONS])),))
    blocks: list[Block] = [Text(reader.text(movement(found)), strong=True), *_groups(content, found, reader)]
    blocks.append(
        Text(
            reader.say(
                N_(
                    "Contributions (SHAP) say what moved these models, not what moves prices: a model that knows nothing has "
                    "reasons too."
                )
            ),
            small=True,
        )
    )
    blocks += _notes(content, reader)
    if content.effects:
        blocks += [Heading(reader.say(N_("Topics of the headlines"))), *_topics(content, found, reader)]
    if content.ranked is not None and len(content.ranked):
        blocks += [Heading(reader.say(N_("Words of the headlines"))), *_words(content.ranked, found, reader)]
    left_out = dict.fromkeys(
        reader.text(content.missing[name]) for name in (TOPICS, WORDS) if name in content.missing
    )
    blocks += [Text(why, small=True) for why in left_out]
    return Section("drivers", title, tuple(blocks))


def _notes(content: ReportContent, reader: Reader) -> list[Block]:
    notes = []
    if content.run.settings.sealed:
        notes.append(
            N_(
                "The holdout is sealed, so these are rows of the walk-forward; the final models have learned from them."
            )
        )
    if content.run.parts.calibrators:
        notes.append(
            N_("The run's probabilities are calibrated; the contributions explain them before calibration.")
        )
    return [Text(reader.say(note), small=True) for note in notes]


def _groups(content: ReportContent, found: Contributions, reader: Reader) -> list[Block]:
    table, places = found.importance(), PLACES[found.label is not None]
    rows = [
        charts.Row(reader.group(group), _alone(value * 100), f"{value * 100:.{places}f}", ACCENT)
        for group, value in zip(table["group"][:MOST_GROUPS], table[MEAN][:MOST_GROUPS], strict=True)
    ]
    title = reader.say(N_("What moves the predictions"))
    note = reader.say(
        N_("n = {n:,} test rows; a bar is the mean size of a contribution to {what}"),
        n=len(found.rows),
        what=reader.text(explained(found)),
    )
    axis = reader.say(N_("mean absolute contribution (percentage points)"))
    frame = pd.DataFrame(
        {
            reader.say(N_("group")): [reader.group(group) for group in table["group"]],
            axis: [f"{value * 100:.{places}f}" for value in table[MEAN]],
        }
    )
    blocks: list[Block] = [Grid("contributions", title, frame, note, table, shown=False)]
    if len(found.groups) > 1:
        blocks.insert(0, Picture(title, charts.bars(rows, axis, title), note))
    return blocks


def _topics(content: ReportContent, found: Contributions, reader: Reader) -> list[Block]:
    effects, places = content.effects, PLACES[found.label is not None]
    rows = [
        charts.Row(
            f"{reader.topic(effect.keywords)} · {count(effect.events)}",
            _times(effect.contribution, 100),
            points(effect.contribution.value, places),
            charts.signed_colour(effect.contribution.value),
        )
        for effect in effects[:MOST_TOPICS]
    ]
    title = reader.say(N_("What each topic adds"))
    note = reader.say(
        N_(
            "n = {n:,} explained test rows; a bar is the mean over a topic's headlines, the number beside its name counts its "
            "events, a line is an interval; all hold at once in 95% of tables"
        ),
        n=len(found.rows),
    )
    axis = reader.say(N_("mean contribution of the headline (percentage points)"))
    return [
        Text(reader.text(topics_sentence(effects, found))),
        Picture(title, charts.bars(rows, axis, title), note),
        Grid("topics", reader.say(N_("The topics")), *_effects(effects, found, reader)),
    ]


def _effects(
    effects: tuple[Effect, ...], found: Contributions, reader: Reader
) -> tuple[pd.DataFrame, str, pd.DataFrame]:
    places = PLACES[found.label is not None]
    frame = pd.DataFrame(
        {
            reader.say(N_("topic")): [reader.topic(effect.keywords, 6) for effect in effects],
            reader.say(N_("events")): [count(effect.events) for effect in effects],
            reader.say(N_("contribution, percentage points")): [
                points_interval(effect.contribution, places) for effect in effects
            ],
            _happened(found, reader): [
                UNKNOWN if math.isnan(effect.outcome.low) else points_interval(effect.outcome, places)
                for effect in effects
            ],
            reader.say(N_("borne out")): ["✓" if effect.confirmed else "" for effect in effects],
        }
    )
    exact = pd.DataFrame(
        {
            "topic": [" ".join(effect.keywords) for effect in effects],
            "events": [effect.events for effect in effects],
            "contribution": [effect.contribution.value for effect in effects],
            "contribution_low": [effect.contribution.low for effect in effects],
            "contribution_high": [effect.contribution.high for effect in effects],
            "happened": [effect.outcome.value for effect in effects],
            "happened_low": [effect.outcome.low for effect in effects],
            "happened_high": [effect.outcome.high for effect in effects],
            "borne_out": [effect.confirmed for effect in effects],
        }
    )
    return frame, "", exact


def _happened(found: Contributions, reader: Reader) -> str:
    if found.label is None:
        return reader.say(N_("mean return less that of the others, percentage points"))
    return reader.say(
        N_("share of {label} less that of the others, percentage points"),
        label=reader.class_name(found.label),
    )


def _words(ranked: pd.DataFrame, found: Contributions, reader: Reader) -> list[Block]:
    places = PLACES[found.label is not None]
    first = ranked.head(MOST_WORDS)
    rows = [
        charts.Row(
            f"{line.word} · {line.headlines}",
            _times(Interval(line.mean, line.low, line.high), 100),
            points(line.mean, places),
            charts.signed_colour(line.mean),
        )
        for line in first.itertuples()
    ]
    title = reader.say(N_("The words that move the predictions"))
    note = reader.say(
        N_(
            "A bar is a word's mean contribution, the number beside it counts the headlines that were read with it, a line "
            "is its interval; all hold at once in 95% of tables"
        )
    )
    axis = reader.say(N_("contribution (percentage points)"))
    frame = pd.DataFrame(
        {
            reader.say(N_("word")): first["word"],
            reader.say(N_("contribution, percentage points")): [
                points_interval(Interval(line.mean, line.low, line.high), places)
                for line in first.itertuples()
            ],
            _happened(found, reader): [
                UNKNOWN
                if math.isnan(line.happened_low)
                else points_interval(Interval(line.happened, line.happened_low, line.happened_high), places)
                for line in first.itertuples()
            ],
            reader.say(N_("borne out")): ["✓" if sure else "" for sure in first["confirmed"]],
        }
    )
    return [
        Picture(title, charts.bars(rows, axis, title), note),
        Grid("words", title, frame, "", ranked.drop(columns="code")),
    ]


def _alone(value: float) -> Interval:
    return Interval(value, math.nan, math.nan)


def _times(value: Interval, scale: float) -> Interval:
    return Interval(value.value * scale, value.low * scale, value.high * scale)
