"""The word lists that lie beside the code, and where their words stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib.resources import files

_GAP = ".{0,8}?"
_LETTER = re.compile(r"[가-힣A-Za-z]")


def sections(name: str) -> dict[str, list[str]]:
    """Return the lines of a list in `words/` by their [section], without comments and blank lines."""
    found: dict[str, list[str]] = {}
    text = (files("core.train.features") / "words" / name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line.strip() and not line.startswith("#"):
            current.append(line)
    return found


def entries(line: str) -> list[str]:
    """Return the entries of a line, which commas part."""
    return [entry.strip() for entry in line.split(",")]


class Finder:
    """Where entries stand in a text: the longest at each place, none overlapping, those with a gap first.

    A blank in an entry matches any number of them, "…" up to eight characters, and "^" the start of a word.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._number = {key(word): number for number, word in enumerate(words) if "…" not in word}
        self._starts = {key(word) for word in words if word.startswith("^")}
        self._gapped = [
            (re.compile(_regex(word)), number) for number, word in enumerate(words) if "…" in word
        ]
        plain = sorted((word for word in words if "…" not in word), key=lambda word: -len(key(word)))
        self._plain = re.compile("|".join(map(_regex, plain)))

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return (start, end, number of the entry) of each found one, in the text's order."""
        found = []
        for pattern, number in self._gapped:
            for match in pattern.finditer(text):
                found.append((*match.span(), number))
            text = pattern.sub(lambda match: "\0" * len(match.group()), text)
        return sorted([*found, *self._find_plain(text)])

    def holds(self, text: str) -> bool:
        """Say whether any entry stands in a text."""
        return any(p.search(text) for p, _ in self._gapped) or any(True for _ in self._find_plain(text))

    def _find_plain(self, text: str) -> Iterator[tuple[int, int, int]]:
        for match in self._plain.finditer(text):
            word = key(match.group())
            inside = match.start() > 0 and _LETTER.match(text[match.start() - 1])
            if not (inside and word in self._starts):
                yield (*match.span(), self._number[word])


def key(entry: str) -> str:
    """Return an entry as it is compared: without blanks and marks."""
    return "".join(entry.removeprefix("^").split())


def _regex(entry: str) -> str:
    blanks = r"\s*".join(map(re.escape, entry.removeprefix("^").split()))
    return blanks.replace("…", _GAP)
