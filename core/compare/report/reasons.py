"""The report's reasons: what drives the predictions, the map of the headlines, and examples with their reasons."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from core.compare.report import charts
from core.compare.report.blocks import Block, Grid, Heading, Picture, Quote, Section, Text
from core.compare.report.colours import ACCENT, HIGH, LOW, MIDDLE, class_colours
from core.compare.report.content import MAP, REASONS, TOPICS, WORDS, Example, LaidOut, ReportContent
from core.compare.report.reader import Reader
from core.compare.report.svg import fit
from core.data.dataset import FEATURE
from core.evaluate.bootstrap import Interval
from core.evaluate.predictions import MEAN
from core.evaluate.written import UNKNOWN, count, percent, points, points_interval, signed_percent
from core.explain import Contributions, Effect
from core.explain.path import path
from core.explain.sentences import PLACES, explained, movement, topics_sentence
from core.locale import N_
from core.maps import METHODS
from core.maps.label_places import label_places
from core.train.features.outlets import PRESS

MOST_GROUPS, MOST_TOPICS, MOST_WORDS, MOST_POINTS, MOST_CLASSES = 10, 12, 16, 6_000, 12
LEAST = 0.005  # a contribution that an example's reasons name
_OTHER = MIDDLE  # of points of which nothing is told
_LONGEST = 2_000  # of a headline that is quoted, about 170 syllables


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


def headline_map(content: ReportContent, reader: Reader) -> Section:
    """Return the map of the headlines, coloured by what happened."""
    title, laid = reader.say(N_("The map of the headlines")), content.map
    if laid is None:
        return Section("map", title, (Text(reader.text(content.missing[MAP])),))
    blocks: list[Block] = []
    if laid.agreement is not None:
        blocks.append(Text(reader.text(laid.agreement.sentence()), strong=True))
    shown = np.arange(len(content.data))
    if len(shown) > MOST_POINTS:
        shown = np.linspace(0, len(shown) - 1, MOST_POINTS).round().astype(int)
    method = METHODS[laid.settings.method]
    heading = reader.say(N_("Headlines by meaning, coloured by what happened"))
    axes = (reader.say(method.axis, n=1), reader.say(method.axis, n=2))
    drawn = charts.scatter(
        _layers(content, laid, shown, reader), _labels(content, laid, shown, reader), axes, heading
    )
    blocks.append(Picture(heading, drawn, _map_note(content, laid, shown, reader)))
    blocks.append(Text(reader.say(method.caution), small=True))
    return Section("map", title, tuple(blocks))


def _map_note(content: ReportContent, laid: LaidOut, shown: np.ndarray, reader: Reader) -> str:
    said = [
        reader.say(
            N_("{method}; n = {n:,} of {all:,} rows; a dot is a headline"),
            method=METHODS[laid.settings.method].title,
            n=len(shown),
            all=len(content.data),
        )
    ]
    if math.isfinite(laid.trust.trustworthiness):
        said.append(
            reader.say(
                N_(
                    "Trustworthiness {trustworthiness:.2f} · of ten true neighbours {kept:.1f} stay neighbours (n = {n:,})"
                ),
                trustworthiness=laid.trust.trustworthiness,
                kept=10 * laid.trust.kept,
                n=laid.trust.rows,
            )
        )
    return "; ".join(said)


def _layers(content: ReportContent, laid: LaidOut, shown: np.ndarray, reader: Reader) -> list[charts.Layer]:
    """Return the points by what happened; of sealed rows and those without an outcome it is not told."""
    data = content.data
    outcome = data.outcome(
        "regress" if data.target_kind == "return" and not content.run.classes else "classify"
    ).copy()
    outcome[content.sealed] = np.nan
    outcome = outcome[shown]
    named: list[tuple[str, str, np.ndarray]] = []
    if content.run.classes:
        colours = class_colours(content.run.classes)
        named = [
            (reader.class_name(name), colours[name], outcome == number)
            for number, name in enumerate(content.run.classes[:MOST_CLASSES])
        ]
    else:
        named = [
            (reader.say(N_("return below 0")), LOW, outcome < 0),
            (reader.say(N_("return above 0")), HIGH, outcome > 0),
        ]
    rest = ~np.logical_or.reduce([inside for _name, _colour, inside in named])
    named.insert(0, (reader.say(N_("not told or not known")), _OTHER, rest))
    return [
        charts.Layer(f"{name} ({count(inside.sum())})", laid.places[shown[inside]], colour)
        for name, colour, inside in named
        if inside.any()
    ]


def _labels(
    content: ReportContent, laid: LaidOut, shown: np.ndarray, reader: Reader
) -> list[tuple[str, np.ndarray]]:
    topics = content.topics
    if topics is None:
        return []
    places = label_places(laid.places[shown], topics.topic[shown], len(topics))
    named = zip(topics.keywords, places, strict=True)
    return [(reader.topic(keywords, 2), place) for keywords, place in named if place is not None]


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


def _alone(value: float) -> Interval:
    return Interval(value, math.nan, math.nan)


def _times(value: Interval, scale: float) -> Interval:
    return Interval(value.value * scale, value.low * scale, value.high * scale)
