"""What is computed from a text is computed once in the life of the process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from core.jobs import Report, silent

MOST_TEXTS = 200_000

T = TypeVar("T")


class TextCache(Generic[T]):
    """Caches what `read` returns for each text, by the text's digest: the text itself is not stored.

    A single text, as it is typed, is computed anew each time. Safe to use from several threads.
    """

    def __init__(self, read: Callable[[Sequence[str], Report], list[T]]) -> None:
        self._read = read
        self._known: dict[bytes, T] = {}

    def __call__(self, texts: Sequence[str], report: Report = silent) -> list[T]:
        """Return the value of each text; raises whatever `read` and `report` raise."""
        if len(texts) == 1:
            return self._read(texts, report)
        keys = [_digest(text) for text in texts]
        known = self._known
        found = {key: known[key] for key in keys if key in known}
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if fresh:
            made = dict(zip(fresh, self._read(list(fresh.values()), report), strict=True))
            found |= made
            self._known = (known if len(known) + len(made) <= MOST_TEXTS else {}) | made
        return [found[key] for key in keys]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
