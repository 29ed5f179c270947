"""How long work will still take: from how its kind went before on this machine, and from how it goes now.

A finished job leaves a curve: the seconds after which it had reached each fraction. Stages differ in pace, so the
fraction alone says little; the curve says which share of the time a fraction stands for.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from core.files import write_atomic

log = logging.getLogger(__name__)

POINTS = 40  # fractions of a curve: 1/40, 2/40 … 1
KEPT, KINDS = 5, 50  # curves of a kind, kinds in the file
SHORTEST = 3.0  # seconds; a shorter job tells nothing of longer ones
TRUSTED = 0.3  # fraction, and share of the time, after which the present pace counts alone
FIRST_FRACTION, FIRST_SECONDS = 0.1, 3.0  # before these the present pace says nothing
LATE = 1.3  # times the most that was said: from there on a job is said to take longer than usual
WIDE, NARROW = (0.5, 2.0), (0.65, 1.5)  # around estimates that rest on less than two curves, and on more


@dataclass(frozen=True)
class Curve:
    """How one job went: `seconds (POINTS,)` until it had reached each fraction; `size` of the work, 0 where unknown."""

    size: float
    seconds: tuple[float, ...]

    @property
    def whole(self) -> float:
        """Seconds of the whole job."""
        return self.seconds[-1]

    def at(self, fraction: float) -> float:
        """Return the seconds until this fraction, straight between two points."""
        place = min(max(fraction, 0.0), 1.0) * POINTS
        below = int(place)
        if below >= POINTS:
            return self.whole
        start = self.seconds[below - 1] if below else 0.0
        return start + (place - below) * (self.seconds[below] - start)


@dataclass(frozen=True)
class Left:
    """Seconds left: at least `low`, at most `high`; `late` where the job takes longer than had been said."""

    low: float
    high: float
    late: bool = False


@dataclass
class Progress:
    """One running job: how large it is, when each fraction was reached, and what was said last of the time left.

    Its time left is told from `curves`, those of earlier jobs of the same `pace`.
    """

    started: float
    size: float = 0.0
    pace: str = ""
    curves: Sequence[Curve] = ()
    marks: list[float] = field(default_factory=list)
    fraction: float = 0.0
    moved: float = 0.0
    first: tuple[float, float] | None = None  # fraction, seconds
    said: Left | None = None

    def reached(self, fraction: float, now: float) -> None:
        """Note that the job has reached a fraction."""
        if fraction <= self.fraction:
            return
        self.fraction, self.moved = fraction, now
        self.first = self.first or (fraction, now - self.started)
        while len(self.marks) < min(int(fraction * POINTS + 1e-9), POINTS):
            self.marks.append(round(now - self.started, 3))

    def say(self, now: float) -> Left | None:
        """Say the seconds left, and keep what was said: it never rises, unless the job is late.

        None before there is a basis.
        """
        at = self.moved or self.started
        found = estimate(self.curves, self.size, self.fraction, at - self.started, self.first or (0.0, 0.0))
        if found is None:
            return self.said
        low, high = max(found[0] - (now - at), 0.0), max(found[1] - (now - at), 0.0)
        before = self.said
        behind = before is not None and (low * high) ** 0.5 > LATE * before.high
        late = before is not None and (before.late or behind or high <= 0)
        if before is None or behind:
            self.said = Left(low, high, late)
        else:
            high = min(high, before.high)
            self.said = Left(min(low, before.low, high), high, late)
        return self.said


def estimate(
    curves: Sequence[Curve],
    size: float,
    fraction: float,
    spent: float,
    first: tuple[float, float] = (0.0, 0.0),
) -> tuple[float, float] | None:
    """Return the least and the most seconds left at a fraction that was reached after `spent` seconds.

    Early on it is the time that earlier jobs still took, scaled by their size; later, the time spent by the share of
    the time that the fraction stood for in them, and by the fraction itself. `first` are the fraction that was
    reached first and when: what comes before, such as loading, says nothing of the pace. None where there is no
    basis yet.
    """
    begun, moved = first
    gained, took = fraction - begun, spent - moved
    lefts = []
    for curve in curves:
        ahead, behind = curve.whole - curve.at(fraction), curve.at(fraction) - curve.at(begun)
        scale = size / curve.size if size and curve.size else 1.0
        now = took * ahead / behind if behind > 0 else ahead * scale
        trust = min(behind / (behind + ahead) / TRUSTED if behind > 0 else 0.0, gained / TRUSTED, 1.0)
        lefts.append((1 - trust) * ahead * scale + trust * now)
    if gained >= FIRST_FRACTION and took >= FIRST_SECONDS:
        lefts.append(took * (1 - fraction) / gained)
    if not lefts:
        return None
    least, most = NARROW if len(curves) > 1 else WIDE
    return min(lefts) * least, max(lefts) * most


class Paces:
    """The curves of a workspace, by kind of work, in one small file; what cannot be read of it counts as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def curves(self, kind: str) -> list[Curve]:
        """Return the last curves of a kind, the oldest first."""
        return self._read().get(kind, [])

    def keep(self, progress: Progress, now: float) -> None:
        """Keep the curve of a job that is done now, by its pace; one that was very short is not kept."""
        whole = round(now - progress.started, 3)  # as the marks: rounded otherwise, they might lie behind it
        if whole < SHORTEST:
            return
        marks = (*progress.marks, *[whole] * POINTS)[: POINTS - 1]
        known = self._read()
        curves = [*known.pop(progress.pace, []), Curve(progress.size, (*marks, whole))]
        kept = dict([*known.items(), (progress.pace, curves[-KEPT:])][-KINDS:])
        text = json.dumps({name: [[c.size, c.seconds] for c in each] for name, each in kept.items()})
        write_atomic(self._path, lambda path: path.write_text(text, encoding="utf-8"))

    def _read(self) -> dict[str, list[Curve]]:
        try:
            saved = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(kind): _curves(each)[-KEPT:] for kind, each in saved.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError) as error:
            log.warning("the paces in %s cannot be read: %r", self._path, error)
            return {}


def _curves(saved: object) -> list[Curve]:
    """Return the curves of a kind, without those that are none."""
    found = []
    for each in saved if isinstance(saved, list) else ():
        try:
            found.append(_curve(*each))
        except (ValueError, TypeError, OverflowError) as error:
            log.warning("a curve is passed over: %r", error)
    return found


def _curve(size: float, seconds: Sequence[float]) -> Curve:
    values = tuple(float(value) for value in seconds)
    rising = all(0 <= one <= other for one, other in pairwise(values))
    if len(values) != POINTS or not rising or not 0 < values[-1] < float("inf"):
        raise ValueError(f"no curve: {values}")
    return Curve(max(float(size), 0.0), values)
