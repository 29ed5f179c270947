"""Fictional headlines made from `templates.toml` and `world.toml`, and how other outlets repeat them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from core.locale.korean import particle

HERE = Path(__file__).parent
TONES = {"up": 1, "flat": 0, "down": -1}
MAX_LENGTH = 50
PARTICLES = ("이", "은", "을", "과", "으로")


class Word(str):
    """A string whose format specification may be a particle: `{co:이}`."""

    def __format__(self, spec: str) -> str:
        return str(self) + particle(self, spec) if spec in PARTICLES else super().__format__(spec)


@dataclass(frozen=True)
class Company:
    """A fictional listed company."""

    name: str
    code: str
    sector: str


@dataclass(frozen=True)
class World:
    """Everything that headlines are made from, read from the two TOML files."""

    companies: tuple[Company, ...]
    sectors: dict[str, dict[str, Any]]
    topics: dict[str, dict[str, Any]]
    synonyms: list[tuple[str, str]]
    lists: dict[str, list[str]]

    @classmethod
    def read(cls) -> World:
        """Read the world that lies beside this file."""
        world = tomllib.loads((HERE / "world.toml").read_text(encoding="utf-8"))
        templates = tomllib.loads((HERE / "templates.toml").read_text(encoding="utf-8"))
        companies = tuple(
            Company(name, code, sector)
            for sector, members in world["companies"].items()
            for name, code in members.items()
        )
        lists = {key: value for key, value in world.items() if key not in ("sector", "companies")}
        return cls(
            companies,
            sectors={sector["name"]: sector for sector in world["sector"]},
            topics={topic["name"]: topic for topic in templates["topic"]},
            synonyms=[(first, other) for first, other in templates["synonyms"]],
            lists=lists,
        )


class Writer:
    """Writes headlines; all chance comes from the generator it is given."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        self.world, self.rng = world, rng

    def write(self, company: Company, day: date, topic: str, tone: str) -> str:
        """Return a headline about a company on a topic in a tone of `TONES`."""
        template = self.world.topics[topic]
        names = self._names(company)
        lead, tail = (
            self._choose(template[tone][part]).format_map(names | self._numbers(day))
            for part in ("leads", "tails")
        )
        tag = self._choose(template["tags"]) + " " * int(self.rng.random() < 0.6)
        headline = self._assemble(tag if self.rng.random() < 0.22 else "", lead, tail)
        return self._swap_word(headline) if self.rng.random() < 0.25 else headline

    def repeat(self, headline: str) -> str:
        """Return the headline as another outlet prints it: the same, or with a small edit."""
        if self.rng.random() < 0.45:
            return headline
        edits = (self._swap_word, _toggle_tag, _restyle_dots, _curl_quotes, _cut_short, _add_round_up)
        for index in self.rng.permutation(len(edits)):
            edited = edits[index](headline)
            if edited != headline and len(edited) <= MAX_LENGTH:
                return edited
        return headline

    def _assemble(self, tag: str, lead: str, tail: str) -> str:
        style = self.rng.random()
        if style < 0.14 or len(tag + lead + tail) > MAX_LENGTH - 4:
            return tag + lead
        if style < 0.26 and '"' not in lead + tail:
            return f'{tag}"{tail}"…{lead}'
        separator = ", " if "…" in lead else "..." if style > 0.9 else "…"
        return tag + lead + separator + tail

    def _names(self, company: Company) -> dict[str, Word]:
        """Return the names in a headline: the same in its lead and its tail."""
        lists, sector = self.world.lists, self.world.sectors[company.sector]
        rivals = [c.name for c in self.world.companies if c.sector == company.sector and c != company]
        options = {
            "rival": rivals,
            "product": sector["products"],
            "segment": sector["segments"],
            "client": lists["clients"],
            "nation": lists["nations"],
            "broker": lists["brokers"],
            "person": lists["people"],
        }
        return {"co": Word(company.name)} | {slot: Word(self._choose(some)) for slot, some in options.items()}

    def _numbers(self, day: date) -> dict[str, Word]:
        """Return the numbers in a lead or a tail, drawn anew for each; the quarter is the last one ended."""
        rng = self.rng
        values = {
            "amt": _won(10 ** rng.uniform(1.2, 3.9), rng),
            "big": _won(10 ** rng.uniform(3.2, 4.9), rng),
            "price": _price(10 ** rng.uniform(0, 1.7)),
            "pct": rng.integers(7, 90),
            "pp": f"{rng.uniform(1.1, 19.9):.1f}",
            "won": rng.integers(2, 60) * 50,
            "people": rng.integers(3, 99) * 10,
            "n": rng.integers(2, 10),
            "years": rng.integers(2, 8),
            "q": (day.month - 4) // 3 % 4 + 1,
            "day": rng.integers(1, 29),
            "month": day.month % 12 + 1,
        }
        return {slot: Word(value) for slot, value in values.items()}

    def _swap_word(self, headline: str) -> str:
        for first, other in self.world.synonyms:
            if first in headline:
                return headline.replace(first, other, 1)
        return headline

    def _choose(self, options: list[str]) -> str:
        return options[int(self.rng.integers(len(options)))]


def _won(eok: float, rng: np.random.Generator) -> str:
    """Write an amount given in 억 (100 million won): 87억, 1,230억, 3조4000억."""
    number = round(float(f"{eok:.3g}"))
    if number < 10_000:
        return f"{number:,}억" if rng.random() < 0.5 else f"{number}억"
    trillions, rest = divmod(number, 10_000)
    return f"{trillions}조" + (f"{rest // 100 * 100}억" if rest >= 100 else "")


def _price(man: float) -> str:
    """Write a share price given in 만 (10,000 won): 7만5000원, 32만원."""
    thousands = round(man * 10)
    whole, rest = divmod(thousands, 10)
    return f"{whole}만{rest}000원" if rest else f"{whole}만원"


def _toggle_tag(headline: str) -> str:
    if headline.startswith("["):
        return headline.split("]", 1)[1].lstrip()
    return "[속보] " + headline


def _restyle_dots(headline: str) -> str:
    return headline.replace("…", "..." if "..." not in headline else " ", 1)


def _curl_quotes(headline: str) -> str:
    if headline.count('"') != 2:
        return headline
    before, quoted, after = headline.split('"')
    return f"{before}“{quoted}”{after}"


def _cut_short(headline: str) -> str:
    """Cut the end off, as listings with little room do."""
    return headline[:38].rstrip() + "..." if len(headline) > 42 else headline


def _add_round_up(headline: str) -> str:
    return headline + "(종합)"
