"""The colours of a report: those of the app's light theme, by their role (docs/look.md)."""

from __future__ import annotations

from collections.abc import Sequence

from core.data.classes import class_rank, run_from_down_to_up

HIGH, LOW, ACCENT, MUTED = "#d6392d", "#123e7c", "#0f766e", "#5a6668"
TEXT, GRID, SURFACE, GOOD, UNSURE, MIDDLE = "#1c2526", "#e3e8e8", "#ffffff", "#0b6059", "#8a5a00", "#c3c9ca"
CATEGORIES = (
    "#4477AA",
    "#EE7733",
    "#228833",
    "#AA3377",
    "#CCBB44",
    "#33A6CC",
    "#CC3311",
    "#009988",
    "#7755BB",
    "#997700",
    "#BB6688",
    "#557788",
)


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """Return the colour of each class: from low over grey to high where they go from down to up, else of names."""
    if len(classes) == 2:
        return dict(zip(classes, (LOW, HIGH), strict=True))
    if not run_from_down_to_up(classes):
        return {name: CATEGORIES[number % len(CATEGORIES)] for number, name in enumerate(classes)}
    ranks = {name: class_rank(name) or 0 for name in classes}
    return {name: HIGH if rank > 0 else LOW if rank < 0 else MUTED for name, rank in ranks.items()}
