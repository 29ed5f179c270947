"""The charts of a report, from results alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from core.compare.report.colours import ACCENT, GRID, HIGH, LOW, MUTED, TEXT, UNSURE
from core.compare.report.svg import WIDTH, Drawing, ends, fit, ticks
from core.evaluate.bootstrap import Interval
from core.evaluate.leakage import Step

_ROW, _TOP, _FOOT = 40, 22, 46  # heights of a row, of what stands above the rows, and of the axis below
_LEFT, _RIGHT = 8, WIDTH - 8


@dataclass(frozen=True)
class Row:
    """A row of a chart: its name, its value with its interval, how that is written, and its colour."""

    name: str
    value: Interval
    written: str
    colour: str = ACCENT
    compared: bool = False


def scores(rows: Sequence[Row], guess: float, guess_word: str, axis: str, title: str) -> Markup:
    """Draw a value per row as a dot with its interval, and what guessing scores as a dotted line with its word."""
    values = [end for row in rows for end in (row.value.value, row.value.low, row.value.high)]
    place, drawing = _across(rows, ends([*values, guess]), axis, title)
    if math.isfinite(guess):
        x = place(guess)
        drawing.line((x, _TOP - 4), (x, drawing.height - _FOOT), MUTED, 1.5, "3 3")
        drawing.text(x, _TOP - 9, guess_word, MUTED, _anchor(x), 11)
    for number, row in enumerate(rows):
        y = _TOP + number * _ROW
        _named(drawing, row, y)
        _mark(drawing, place, row, y + 26)
    return drawing.markup()


def bars(rows: Sequence[Row], axis: str, title: str) -> Markup:
    """Draw a value per row as a bar from 0, with its interval as a line where it is known."""
    values = [end for row in rows for end in (row.value.value, row.value.low, row.value.high)]
    place, drawing = _across(rows, ends([*values, 0.0], 0.03, 1e-9), axis, title)
    zero = place(0.0)
    drawing.line((zero, _TOP), (zero, drawing.height - _FOOT), MUTED)
    for number, row in enumerate(rows):
        y, x = _TOP + number * _ROW, place(row.value.value)
        _named(drawing, row, y)
        drawing.rect(min(zero, x), y + 18, abs(x - zero), 13, row.colour)
        _whisker(drawing, place, row.value, y + 24.5, TEXT)
    return drawing.markup()


def difference(value: Interval, written: str, worse: str, better: str, axis: str, title: str) -> Markup:
    """Draw one difference with its interval against 0, and say at which side what lies."""
    reach = 1.25 * max(abs(end) for end in (value.low, value.value, value.high, 1e-9) if math.isfinite(end))
    drawing = Drawing(118, title)
    place = _scale((-reach, reach))
    _axis(drawing, place, (-reach, reach), axis)
    drawing.line((place(0), 20), (place(0), drawing.height - _FOOT), TEXT, 1.5)
    drawing.text(_LEFT, 12, worse, MUTED, size=11)
    drawing.text(_RIGHT, 12, better, MUTED, "end", 11)
    if math.isfinite(value.low):
        drawing.line((place(value.low), 52), (place(value.high), 52), ACCENT, 6)
    drawing.dot(place(value.value), 52, 8, ACCENT, diamond=True)
    x = place(value.value)
    drawing.text(x, 38, written, TEXT, _anchor(x), 13, bold=True, halo=True)
    return drawing.markup()


def staircase(
    steps: Sequence[Step],
    names: Sequence[tuple[str, str]],
    guess: float,
    guess_word: str,
    axis: str,
    title: str,
) -> Markup:
    """Draw a step of the leakage staircase per column; `names` are each one's name in two lines."""
    top, foot, left = 34, 58, 40
    drawing = Drawing(290, title)
    values = [end for step in steps for end in (step.value, step.low, step.high)]
    low, high = ends([*values, guess], 0.1, 0.05)
    bottom = drawing.height - foot

    def y_of(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    column = (_RIGHT - left) / len(steps)
    xs = [left + column * (number + 0.5) for number in range(len(steps))]
    drawing.text(_LEFT, 12, axis, MUTED, size=11)
    for tick in ticks(low, high):
        drawing.line((left, y_of(tick)), (_RIGHT, y_of(tick)), GRID)
        drawing.text(left - 4, y_of(tick) + 4, f"{tick:g}", MUTED, "end", 11)
    drawing.line((left, y_of(guess)), (_RIGHT, y_of(guess)), MUTED, 1.5, "3 3")
    drawing.text(left + 4, y_of(guess) + 13, guess_word, MUTED, size=11)
    careless, honest = steps[0].value, steps[-1].value
    if honest < careless:
        drawing.rect(xs[0], y_of(careless), xs[-1] - xs[0], y_of(honest) - y_of(careless), UNSURE, 0.14)
        drawing.text(
            (xs[-2] + xs[-1]) / 2,
            (y_of(careless) + y_of(honest)) / 2 + 6,
            f"−{careless - honest:.3f}",
            UNSURE,
            "middle",
            17,
            bold=True,
        )
    for before, after, step, following in zip(xs, xs[1:], steps, steps[1:], strict=False):
        if math.isfinite(step.value) and math.isfinite(following.value):
            middle, y, y_next = (before + after) / 2, y_of(step.value), y_of(following.value)
            drawing.line((before, y), (middle, y), MUTED, 1.5)
            drawing.line((middle, y), (middle, y_next), MUTED, 1.5)
            drawing.line((middle, y_next), (after, y_next), MUTED, 1.5)
    for number, (x, step, lines) in enumerate(zip(xs, steps, names, strict=True)):
        for row, words in enumerate(lines):
            drawing.text(x, bottom + 18 + 15 * row, fit(words, column - 2, 11), TEXT, "middle", 11)
        if not math.isfinite(step.value):
            continue
        if math.isfinite(step.low):
            drawing.line((x, y_of(step.low)), (x, y_of(step.high)), MUTED, 2)
        drawing.dot(x, y_of(step.value), 6, ACCENT if number else UNSURE)
        drawing.text(x, y_of(step.value) - 11, f"{step.value:.3f}", TEXT, "middle", 14, bold=True, halo=True)
    return drawing.markup()


@dataclass(frozen=True, eq=False)
class Layer:
    """Points of a map `(n, 2)` of one colour, and their name."""

    name: str
    places: np.ndarray
    colour: str
    size: float = 3.4


def scatter(
    layers: Sequence[Layer], labels: Sequence[tuple[str, np.ndarray]], axes: tuple[str, str], title: str
) -> Markup:
    """Draw a map: points by layer, names of groups at their places, and a legend below."""
    side, top = WIDTH - 2 * _LEFT, 4
    legend = [layer for layer in layers if layer.name]
    lines = math.ceil(len(legend) / 2)
    drawing = Drawing(top + side + 26 + 18 * lines, title)
    every = np.concatenate([layer.places for layer in layers])
    low, high = np.quantile(every, [0.002, 0.998], axis=0)
    reach = float(max(high - low)) or 1.0
    middle = (low + high) / 2

    def placed(places: np.ndarray) -> np.ndarray:
        inside = np.clip((places - middle) / reach + 0.5, 0, 1)
        made: np.ndarray = np.column_stack(
            [_LEFT + 6 + inside[:, 0] * (side - 12), top + side - 6 - inside[:, 1] * (side - 12)]
        )
        return made

    for edge in ((_LEFT, top), (_LEFT + side, top + side)):
        drawing.line(edge, (_LEFT + side, top), GRID)
        drawing.line(edge, (_LEFT, top + side), GRID)
    for layer in layers:
        drawing.dots(placed(layer.places), layer.colour, layer.size)
    for words, place in labels:
        x, y = placed(place[None])[0]
        x = min(max(x, 70), WIDTH - 70)
        drawing.text(x, y, fit(words, 150, 11), TEXT, "middle", 11, bold=True, halo=True)
    drawing.text(_RIGHT, top + side + 14, " × ".join(axes), MUTED, "end", 11)
    for number, layer in enumerate(legend):
        x, y = _LEFT + (number % 2) * side / 2, top + side + 32 + 18 * (number // 2)
        drawing.dot(x + 6, y - 4, 4.5, layer.colour)
        drawing.text(x + 16, y, fit(layer.name, side / 2 - 20), TEXT)
    return drawing.markup()


def signed_colour(value: float) -> str:
    """Return the colour of a contribution: red for upward, blue for downward."""
    return HIGH if value > 0 else LOW


def _across(
    rows: Sequence[Row], reach: tuple[float, float], axis: str, title: str
) -> tuple[Callable[[float], float], Drawing]:
    drawing = Drawing(_TOP + _ROW * len(rows) + _FOOT, title)
    place = _scale(reach)
    _axis(drawing, place, reach, axis)
    return place, drawing


def _scale(reach: tuple[float, float]) -> Callable[[float], float]:
    low, high = reach
    return lambda value: _LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT)


def _axis(drawing: Drawing, place: Callable[[float], float], reach: tuple[float, float], axis: str) -> None:
    bottom = drawing.height - _FOOT
    for tick in ticks(*reach):
        drawing.line((place(tick), _TOP), (place(tick), bottom), GRID)
        x = min(max(place(tick), 16), WIDTH - 16)
        drawing.text(x, bottom + 14, f"{tick:g}".replace("-", "−"), MUTED, "middle", 11)
    drawing.text(WIDTH / 2, bottom + 32, fit(axis, WIDTH - 16, 11), MUTED, "middle", 11)


def _named(drawing: Drawing, row: Row, y: float) -> None:
    written = row.written
    drawing.text(_RIGHT, y + 13, written, TEXT, "end", bold=True, halo=True)
    room = _RIGHT - _LEFT - 7.2 * len(written) - 10
    drawing.text(_LEFT, y + 13, fit(row.name, room), TEXT, halo=True)


def _mark(drawing: Drawing, place: Callable[[float], float], row: Row, y: float) -> None:
    colour = MUTED if row.compared else row.colour
    _whisker(drawing, place, row.value, y, colour)
    if math.isfinite(row.value.value):
        drawing.dot(place(row.value.value), y, 5.5, colour, row.compared)


def _whisker(
    drawing: Drawing, place: Callable[[float], float], value: Interval, y: float, colour: str
) -> None:
    if math.isfinite(value.low) and math.isfinite(value.high):
        drawing.line((place(value.low), y), (place(value.high), y), colour, 2)
        for end in (value.low, value.high):
            drawing.line((place(end), y - 4), (place(end), y + 4), colour, 2)


def _anchor(x: float) -> str:
    return "start" if x < 60 else "end" if x > WIDTH - 60 else "middle"
