"""A small drawing as inline SVG: presentation attributes alone, so that a strict Content-Security-Policy lets it be.

Its letters are drawn by the reader's fonts, in the style sheet's family.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup, escape

from core.compare.report.colours import SURFACE, TEXT

WIDTH = 420  # of every drawing: as wide as a phone, and half of an A4 page
LETTER = 6.6  # about the width of a Latin letter at 12 units; Hangul takes two


class Drawing:
    """A drawing `WIDTH` wide; lengths are in its own units, of which 12 are the height of its type."""

    def __init__(self, height: float, label: str) -> None:
        self.height, self.label = height, label
        self._parts: list[Markup] = []

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """Draw a straight line."""
        dashed = Markup(' stroke-dasharray="{}"').format(dash) if dash else ""
        self._add(
            '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"{}/>',
            *(_n(value) for value in (*start, *end)),
            colour,
            width,
            dashed,
        )

    def rect(self, x: float, y: float, width: float, height: float, colour: str, opacity: float = 1) -> None:
        """Draw a filled rectangle."""
        self._add(
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" fill-opacity="{}"/>',
            *(_n(value) for value in (x, y, max(width, 0), height)),
            colour,
            opacity,
        )

    def dot(self, x: float, y: float, radius: float, colour: str, diamond: bool = False) -> None:
        """Draw a mark, a circle or a diamond."""
        if diamond:
            ends = ((x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y))
            self._add(
                '<polygon points="{}" fill="{}"/>', " ".join(f"{_n(a)},{_n(b)}" for a, b in ends), colour
            )
        else:
            self._add('<circle cx="{}" cy="{}" r="{}" fill="{}"/>', _n(x), _n(y), _n(radius), colour)

    def dots(self, places: np.ndarray, colour: str, size: float, opacity: float = 0.75) -> None:
        """Draw many equal dots at `places (n, 2)` as one path: nine bytes each."""
        path = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in places)
        self._add(
            '<path d="{}" stroke="{}" stroke-width="{}" stroke-opacity="{}" stroke-linecap="round" fill="none"/>',
            path,
            colour,
            size,
            opacity,
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = TEXT,
        anchor: str = "start",
        size: float = 12,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Write a line; with a `halo` it can be read over dots."""
        weight = Markup(' font-weight="650"') if bold else ""
        around = (
            Markup(' paint-order="stroke" stroke="{}" stroke-width="3" stroke-linejoin="round"').format(
                SURFACE
            )
            if halo
            else ""
        )
        self._add(
            '<text x="{}" y="{}" fill="{}" text-anchor="{}" font-size="{}"{}{}>{}</text>',
            _n(x),
            _n(y),
            colour,
            anchor,
            size,
            weight,
            around,
            words,
        )

    def markup(self) -> Markup:
        """Return the drawing as an SVG element."""
        start = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            WIDTH, _n(self.height), self.label
        )
        return start + Markup("").join(self._parts) + Markup("</svg>")

    def _add(self, template: str, *values: object) -> None:
        self._parts.append(Markup(template).format(*(escape(value) for value in values)))


def fit(words: str, room: float = WIDTH, size: float = 12) -> str:
    """Return the beginning of a text that fits into the room, with an ellipsis where it was cut."""
    words = " ".join(words.split())
    letter = LETTER * size / 12
    if width(words) * letter <= room:
        return words
    kept = words
    while kept and (width(kept) + 1) * letter > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width(words: str) -> float:
    """Return about how many Latin letters wide a text is."""
    return sum(1.75 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in words)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two ends, at most so many: steps of 1, 2 or 5 times a power of ten."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    step = 10 ** math.floor(math.log10((high - low) / most))
    step *= next(size for size in (1, 2, 5, 10, 20) if (high - low) / (size * step) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(number * step, 10) for number in range(first, math.floor(high / step + 1e-9) + 1)]


def ends(values: Sequence[float], room: float = 0.08, least: float = 0.02) -> tuple[float, float]:
    """Return the ends of an axis that holds all finite values, with some room."""
    known = [value for value in values if math.isfinite(value)] or [0.0]
    reach = max(max(known) - min(known), least)
    return min(known) - room * reach, max(known) + room * reach


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
