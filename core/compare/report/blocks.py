"""What a report is made of, whether it becomes HTML, Markdown or tables: sections of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from markupsafe import Markup


@dataclass(frozen=True)
class Text:
    """A paragraph; `strong` where it is the section's answer, `small` for a remark."""

    kind: ClassVar[str] = "text"
    text: str
    strong: bool = False
    small: bool = False


@dataclass(frozen=True)
class Heading:
    """A title within a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Points:
    """A list, `numbered` where its order counts."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Card:
    """A number with its name, and a few words below."""

    label: str
    value: str
    under: str = ""


@dataclass(frozen=True)
class Cards:
    """Key numbers, side by side."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class State:
    """The verdict: a mark, a word, a number with its interval, and what it is of; `shade` is good, unsure or muted."""

    kind: ClassVar[str] = "state"
    mark: str
    word: str
    shade: str
    number: str
    ends: str
    of: str


@dataclass(frozen=True, eq=False)
class Grid:
    """A table as it is shown; `name` names its files, and `saved` is what these hold where that is more exact.

    One that is not `shown` is for the files alone: a chart shows it.
    """

    kind: ClassVar[str] = "grid"
    name: str
    title: str
    frame: pd.DataFrame
    note: str = ""
    saved: pd.DataFrame | None = None
    shown: bool = True

    @property
    def taken(self) -> pd.DataFrame:
        """What the table's files hold."""
        return self.frame if self.saved is None else self.saved


@dataclass(frozen=True)
class Picture:
    """A chart as inline SVG, with its title and a note that says n and what one mark is."""

    kind: ClassVar[str] = "picture"
    title: str
    svg: Markup
    note: str


@dataclass(frozen=True)
class Quote:
    """A headline, what is known of it, what was predicted and happened, and why; `mark` says right or wrong."""

    kind: ClassVar[str] = "quote"
    mark: str
    word: str
    right: bool
    headline: str
    about: str
    said: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """Text to be copied as it stands."""

    kind: ClassVar[str] = "code"
    text: str


Block = Text | Heading | Points | Cards | State | Grid | Picture | Quote | Code


@dataclass(frozen=True)
class Section:
    """A part of the report; `key` is its address within the file."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """A report or a model card in one language."""

    language: str
    title: str
    about: str
    sections: tuple[Section, ...]
    contents: str = ""

    def grids(self) -> Iterator[Grid]:
        """Yield every table, in order."""
        for section in self.sections:
            for block in section.blocks:
                if isinstance(block, Grid):
                    yield block
