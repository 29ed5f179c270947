"""What holds in the ledger: its entries replayed in their order.

Of an access and a seal of the same rows that are written at once, the first stands. Entries of an earlier version
name rows that may not be known any more; they then count at every holdout of their dataset.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from core.evaluate.ledger_file import OPENED, SEALED, Entry, entries, load_rows
from core.evaluate.ledger_upgrade import upgrade
from core.settings import settings


@dataclass
class Standing:
    """The accesses that count, the seals that hold, and by an access's id the seal that it came too late for."""

    accesses: list[Entry] = field(default_factory=list)
    seals: list[Entry] = field(default_factory=list)
    late: dict[str, Entry] = field(default_factory=dict)


def replay() -> Standing:
    """Replay what was written: an access opens no seal but that of its own holdout, and only when it says so.

    What stood by an earlier version's way to tell rows apart stands.
    """
    upgrade(settings().home)
    standing = Standing()
    for entry in entries():
        spelled = entry.version < 2
        hit = [seal for seal in standing.seals if covers(entry, seal, spelled)]
        others = [seal for seal in hit if entry.kind != OPENED or not same(entry, seal, spelled)]
        if others:
            standing.late[entry.id] = others[0]
            continue
        standing.seals = [seal for seal in standing.seals if seal not in hit]
        if entry.kind == SEALED and not any(covers(seen, entry, spelled) for seen in standing.accesses):
            standing.seals.append(entry)
        if entry.scored:
            standing.accesses.append(entry)
    return standing


def covers(access: Entry, holdout: Entry, spelled: bool = False) -> bool:
    """Whether an access is to a row of a holdout, `spelled` as an earlier version told rows apart.

    One whose rows are not known any more counts at every holdout of its dataset, but undoes no seal.
    """
    if not access.scored or access.scored == holdout.signature:
        return bool(access.scored)
    if load_rows(access.scored) is None:
        return access.dataset == holdout.dataset and holdout.kind != SEALED
    return _overlap(settings().home, access.scored, holdout.signature, spelled)[0]


def same(one: Entry, other: Entry, spelled: bool = False) -> bool:
    """Whether two entries are of the same holdout."""
    known = one.signature == other.signature
    return known or _overlap(settings().home, one.signature, other.signature, spelled)[1]


def _overlap(home: Path, one: str, other: str, spelled: bool) -> tuple[bool, bool]:
    """Whether rows by these names share one, and whether they are the same; neither where they are not known."""
    try:
        return _compared(home, one, other, spelled)
    except LookupError:
        return False, False


@lru_cache(maxsize=4096)
def _compared(home: Path, one: str, other: str, spelled: bool) -> tuple[bool, bool]:
    first, second = load_rows(one), load_rows(other)
    if first is None or second is None:
        raise LookupError(f"{one} or {other} in {home}")
    if spelled:
        first, second = first.as_spelled, second.as_spelled
    return first.shared(second) > 0, first.same(second)
