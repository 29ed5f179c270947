"""The look of the app: colours by their role, light and dark, and the style of what Streamlit draws.

`docs/look.md` says how they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.data.classes import class_rank, run_from_down_to_up
from core.evaluate.predictions import MEAN
from core.train.models.registry import MODELS

FONT = "Pretendard, Noto Sans KR, Noto Sans CJK KR, Apple SD Gothic Neo, Malgun Gothic, sans-serif"
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
)  # of names that have no order
OTHER = "#9aa3a6"  # of all names beyond those
# of amounts: viridis of matplotlib (van der Walt & Smith 2015), colour-blind-safe, and no grey, which is for the others
SEQUENTIAL = ("#440154", "#414487", "#2a788e", "#22a884", "#7ad151", "#fde725")
TRANSPARENT = "rgba(0,0,0,0)"
# dates as numbers, so that no month is named in another language than the page's
DATES = [
    {"dtickrange": [None, 86_400_000], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%m-%d"},
    {"dtickrange": ["M1", None], "value": "%Y-%m"},
]


@dataclass(frozen=True)
class Palette:
    """The colours of one theme by their role.

    `high` is for win, gain and upward, `low` for lose, loss and downward, `middle` for what lies between them;
    `accent` for what a chart is about, `muted` for what it is compared with; `text`, `grid` and `surface` (the
    page's background) for the frame; `good` and `unsure` for a verdict, `muted` where nothing was found;
    `faint` and `strong` for the least and the most of a share.
    """

    high: str
    low: str
    middle: str
    accent: str
    muted: str
    text: str
    grid: str
    surface: str
    good: str
    unsure: str
    faint: str = "rgba(15,118,110,0.05)"
    strong: str = "rgba(15,118,110,0.75)"

    @property
    def diverging(self) -> list[list[float | str]]:
        """Plotly's colour scale from low over the middle to high."""
        return [[0, self.low], [0.5, self.middle], [1, self.high]]

    @property
    def shares(self) -> list[list[float | str]]:
        """Plotly's colour scale of shares from 0 to 1."""
        return [[0, self.faint], [1, self.strong]]


LIGHT = Palette(
    high="#d6392d",
    low="#123e7c",
    middle="#c3c9ca",
    accent="#0f766e",
    muted="#5a6668",
    text="#1c2526",
    grid="#e3e8e8",
    surface="#ffffff",
    good="#0b6059",
    unsure="#8a5a00",
)
DARK = Palette(
    high="#f2604f",
    low="#8fbfff",
    middle="#4a565b",
    accent="#3fb5a7",
    muted="#9fb0b3",
    text="#e8eded",
    grid="#2c373c",
    surface="#12181b",
    good="#5cc9bc",
    unsure="#e0ad4b",
)


def palette() -> Palette:
    """Return the colours for this session: its theme, and red for up unless the reader turned it round."""
    colours = DARK if st.context.theme.type == "dark" else LIGHT
    if st.session_state.get("up_colour") == "blue":
        return replace(colours, high=colours.low, low=colours.high)
    return colours


def model_colours(names: Iterable[str]) -> dict[str, str]:
    """Return the colour of each model; what is made of them all comes first and has the accent."""
    single = {name: CATEGORIES[MODELS[name].entry.colour] for name in names if name in MODELS}
    return {MEAN: palette().accent} | single


def class_colours(classes: Sequence[str]) -> dict[str, str]:
    """Return the colour of each class: from low over grey to high where they go from down to up, else of names."""
    colours = palette()
    if len(classes) == 2:
        return dict(zip(classes, (colours.low, colours.high), strict=True))
    if not run_from_down_to_up(classes):
        return {name: CATEGORIES[i % len(CATEGORIES)] for i, name in enumerate(classes)}
    ends = {-1: colours.low, 1: colours.high}
    found = {}
    for name in classes:
        rank = class_rank(name) or 0
        side = (rank > 0) - (rank < 0)
        weak = abs(rank) == 1 and any(abs(class_rank(other) or 0) == 2 for other in classes)
        strong = ends.get(side, colours.muted)
        found[name] = _between(strong, colours.muted) if weak else strong
    return found


def _between(one: str, other: str) -> str:
    """Return the colour half way between two."""
    pairs = [(int(one[i : i + 2], 16) + int(other[i : i + 2], 16)) // 2 for i in (1, 3, 5)]
    return "#" + "".join(f"{part:02x}" for part in pairs)


def style() -> str:
    """Return the style sheet of every page, in this session's colours."""
    colours = palette()
    return f"""<style>
{_STYLE}
.stApp [role="tab"][aria-selected="true"] p, .stApp [data-testid="stSliderThumbValue"] {{ color: {colours.accent}; }}
.js-plotly-plot .updatemenu-item-rect[style*="rgb(244, 250, 255)"] {{ fill: {colours.grid} !important; }}
[class*="st-key-progress-"] {{ background: {colours.surface}; }}
.stApp [data-testid="stCaptionContainer"] {{ color: {colours.muted}; opacity: 1; }}
</style>"""


_STYLE = """
.stApp, .stApp input, .stApp table { font-variant-numeric: tabular-nums; }
.block-container { padding-top: 2.6rem; padding-bottom: 4rem; max-width: 78rem; }
.stApp button[data-variant="segmented_control"][data-selected="true"] { color: inherit; font-weight: 650; }
[data-testid="stMetric"] { min-width: 7.5rem; }
[data-testid="stMetricValue"] > div { white-space: normal; overflow: visible; }
[data-testid="stHeading"] h1 { word-break: keep-all; padding-bottom: .2rem; }
[data-testid="stPageLink"] a { height: auto; }
[data-testid="stPageLink"] a span, [data-testid="stPageLink"] a p { white-space: normal; text-overflow: clip; overflow: visible; }
.stApp p, .stApp li, .stApp h1, .stApp h2, .stApp h3 { word-break: keep-all; overflow-wrap: anywhere; }
.verdict p { margin: 0; }
.verdict .state { display: flex; align-items: center; gap: .55rem; font-size: 1.35rem; font-weight: 700; color: var(--state); }
.verdict .state span { display: inline-grid; place-items: center; width: 1.7rem; height: 1.7rem; flex: none; border-radius: 50%; border: 2px solid; font-size: 1rem; line-height: 1; }
.verdict .number { font-size: 3.6rem; font-weight: 750; line-height: 1.15; letter-spacing: -.02em; color: var(--state); }
.verdict .number small { font-size: 1.25rem; font-weight: 500; letter-spacing: 0; white-space: nowrap; display: inline-block; line-height: 1.3; }
.verdict .of { font-size: .9rem; }
.verdict .meter { position: relative; height: 1.1rem; margin-top: .7rem; border-bottom: 1px solid currentColor; background: linear-gradient(currentColor, currentColor) center / 3px 100% no-repeat; }
.verdict .meter i { position: absolute; top: .35rem; height: .4rem; border-radius: .2rem; background: var(--state); }
.verdict .meter b { position: absolute; top: .1rem; width: .9rem; height: .9rem; margin-left: -.45rem; border-radius: 50%; background: var(--state); }
.verdict .ends { display: grid; grid-template-columns: 1fr auto 1fr; font-size: .8rem; }
.verdict .ends span:last-child { text-align: right; }
.verdict.side .number { font-size: 2.2rem; }
/* the line below a feature's field has one height, whatever it says */
[class*="st-key-below-feature-"] { margin-top: -.85rem; min-height: 1.5rem; }
.st-key-numbers-typed [data-testid="stColumn"] { min-width: 0; }
.st-key-numbers-typed [data-testid="stSliderTickBar"] { display: none; }
@media (max-width: 1250px) { .st-key-numbers-typed [data-testid="stNumberInput"] button { display: none; } }
[class*="st-key-below-feature-"] button { min-height: 0; padding: 0; font-size: .8rem; text-align: left; }
[class*="st-key-below-feature-"] p { font-size: .8rem; line-height: 1.3; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.6rem, 1fr)); gap: .5rem; }
@media (max-width: 640px) { .cards:has(.card:nth-child(4):last-child) { grid-template-columns: 1fr 1fr; } }
.cards .card { border: 1px solid color-mix(in srgb, currentColor 22%, transparent); border-radius: .4rem; padding: .55rem .7rem; display: flex; flex-direction: column; }
.cards p { margin: 0 0 auto; font-size: .85rem; line-height: 1.3; word-break: keep-all; }
.cards b { white-space: nowrap; font-size: 1.4rem; font-weight: 650; }
.cards small { font-size: .82rem; word-break: keep-all; }
.coloured { font-size: 1.15rem; line-height: 3.1rem; margin: 0; word-break: keep-all; }
.coloured span { white-space: nowrap; }
.coloured span.long { white-space: normal; overflow-wrap: anywhere; }
.coloured b { display: inline-block; position: relative; font-weight: 400; line-height: 1.6rem; padding: 0 .3rem; border-radius: .3rem; }
.coloured small { position: absolute; left: 50%; top: 1.6rem; transform: translateX(-50%); font-size: .74rem; line-height: 1.1rem; white-space: nowrap; }
.st-key-words { position: absolute; }
/* the progress of a job stays under the page's head while the page is scrolled, so that Cancel is at hand */
[data-testid="stLayoutWrapper"]:has(> [data-testid="stVerticalBlock"] > [data-testid="stLayoutWrapper"] > [class*="st-key-progress-"]) { position: sticky; top: 3.75rem; z-index: 30; }
/* the home page: a card of a verdict opens it wherever it is pressed */
.stairs p { margin: 0; font-size: .88rem; }
.verdict.small .state { gap: .45rem; font-size: 1rem; }
.verdict.small .state span { width: 1.35rem; height: 1.35rem; font-size: .8rem; }
.verdict.small .number { font-size: 2.1rem; line-height: 1.3; }
.verdict.small .number small { font-size: 1rem; }
.verdict.small .of { font-size: .88rem; }
.verdict .about { margin-top: .5rem; font-size: .88rem; opacity: .85; }
.st-key-miniature .verdict .number { font-size: 3rem; }
[class*="st-key-result-"] { position: relative; gap: .4rem; }
[class*="st-key-result-"]:hover, [class*="st-key-result-"]:focus-within { border-color: var(--st-primary-color, currentColor); }
[class*="st-key-result-"] [data-testid="stPageLink"] a { padding-left: 0; background: none; }
[class*="st-key-result-"] [data-testid="stPageLink"] a::after { content: ""; position: absolute; inset: 0; }
.stairs ol { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: .6rem 0; margin: .6rem 0 .5rem; padding: 0; list-style: none; }
.stairs li { margin: 0; padding: 0; text-align: center; }
.stairs li div { height: 8.8rem; display: flex; flex-direction: column; justify-content: flex-end; }
.stairs li i { margin: 0 .5rem; border-radius: .2rem .2rem 0 0; }
.stairs li b { font-size: 1.15rem; }
.stairs .title { font-size: 1rem; font-weight: 700; }
.stairs li span { display: block; font-size: .82rem; line-height: 1.25; border-top: 2px dotted; padding-top: .25rem; word-break: keep-all; }
[class*="st-key-stage-"] { gap: 0; }
[class*="st-key-stage-"] [data-testid="stPageLink"] a { padding-left: 0; }
[class*="st-key-stage-"] [data-testid="stPageLink"] p { font-weight: 650; }
/* its CSV would run formulas in a spreadsheet: every table has a CSV and an XLSX of its own below */
[data-testid="stElementToolbar"] button[aria-label="Download as CSV"] { display: none; }
/* the toolbar of a table appears above it, at the right: the title leaves it room */
[class*="st-key-titled-"] { padding-right: 8rem; }
[class*="st-key-save-"] { margin-top: -.6rem; }
[class*="st-key-save-"] button { min-height: 0; padding: .1rem .3rem; font-size: .8rem; }
/* Plotly's own buttons stay out of sight: those under the chart press them */
.pictures { display: flex; justify-content: flex-end; margin-top: .3rem; }
.pictures button { font: inherit; font-size: .8rem; color: inherit; background: none; border: 0; border-radius: .3rem; padding: .1rem .3rem; cursor: pointer; }
.pictures button:hover, .pictures button:focus-visible { text-decoration: underline; }
.js-plotly-plot .modebar-container, .plotly-notifier { display: none; }
[class*="st-key-under-"] { margin-top: -.5rem; flex-wrap: nowrap !important; }
"""
