"""The report's map of the headlines, coloured by what happened."""

from __future__ import annotations

import math

import numpy as np

from core.compare.report import charts
from core.compare.report.blocks import Block, Picture, Section, Text
from core.compare.report.colours import HIGH, LOW, MIDDLE, class_colours
from core.compare.report.content import MAP, LaidOut, ReportContent
from core.compare.report.reader import Reader
from core.evaluate.written import count
from core.locale import N_
from core.maps import METHODS
from core.maps.label_places import label_places

MOST_POINTS, MOST_CLASSES = 6_000, 12
_OTHER = MIDDLE  # of points of which nothing is told


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
