"""The trial ledger: every look at a row is counted, and a sealed row is scored once, when its seal is opened.

A look is a score shown of some rows: of a holdout, of a walk forward before it, or of a staircase. Rows are
what they are (`holdout.Rows`), so a look counts at every holdout that shares a row with it, whatever the table,
its roles, the share held out or the unit; and a sealed row is refused wherever it turns up.

What holds follows from replaying the entries in their order, so of a look and a seal of the same rows that are
written at once, the first stands. Entries of an earlier version name rows that may not be known any more; they
then count at every holdout of their dataset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from core.errors import Message, UserError
from core.evaluate.bootstrap import Interval
from core.evaluate.ledger_file import OPENED, SCORED, SEALED, Entry, append, entries, keep, kept
from core.evaluate.ledger_rows import Rows
from core.locale import N_, P_
from core.settings import settings


@dataclass
class _Standing:
    """The looks that count, the seals that hold, and by a look's id the seal that it came too late for."""

    looks: list[Entry] = field(default_factory=list)
    seals: list[Entry] = field(default_factory=list)
    late: dict[str, Entry] = field(default_factory=dict)


def standard_error(score: Interval) -> float | None:
    """Return the standard error that a 95% interval implies, (high - low) / (2 * 1.96); None without one.

    That of the normal interval of the same width: Higgins & Green (eds.), "Cochrane Handbook for Systematic
    Reviews of Interventions" 5.1 (2011), section 7.7.7.2.
    """
    width = score.high - score.low
    return None if math.isnan(width) else width / (2 * 1.959964)


def record_look(
    dataset_id: str,
    run_id: str,
    holdout: Rows,
    scored: Rows | None = None,
    metric: str = "",
    score: Interval | None = None,
    opened: bool = False,
) -> Message | None:
    """Count a look at the rows `scored` (by default the holdout's) and, where there is one, its score.

    With `opened` it opens the holdout's seal; who comes too late is told who looked first. Raises `UserError`
    where a row of another seal is among them or the look cannot be written: then no score may be shown.
    """
    known = score is not None and not math.isnan(score.value)
    entry = Entry(
        OPENED if opened else SCORED,
        run_id,
        keep(holdout),
        metric=metric,
        value=score.value if score and known else None,
        se=standard_error(score) if score else None,
        dataset=dataset_id,
        scored=keep(holdout if scored is None else scored),
    )
    first = _write(entry)
    return _refusal(first) if opened and first else None


def seal(dataset_id: str, run_id: str, holdout: Rows, scored: Rows) -> Message | None:
    """Seal a holdout until it is opened, and count the look at the rows `scored` before it.

    Returns why the holdout is not sealed where a row of it was looked at before; raises as `record_look` does.
    """
    first = _write(Entry(SEALED, run_id, keep(holdout), dataset=dataset_id, scored=keep(scored)))
    return _refusal(first) if first else None


def sealed(dataset_id: str, holdout: str) -> bool:
    """Whether these very rows, by their name, are sealed: no row of them has been looked at."""
    asked = Entry("", "", holdout, dataset=dataset_id)
    return any(_same(entry, asked) for entry in _standing().seals)


def looks(dataset_id: str, holdout: str | None = None) -> list[Entry]:
    """Return the looks at any row of a holdout (or all that were made with a dataset), the oldest first.

    A look at more, fewer or other rows than just these comes without its score. Deleting a run deletes no look.
    """
    counted = _standing().looks
    if holdout is None:
        return [look for look in counted if look.dataset == dataset_id]
    asked = Entry("", "", holdout, dataset=dataset_id)
    return [
        look if _same(look, asked) else replace(look, metric="", value=None, se=None)
        for look in counted
        if _sees(look, asked)
    ]


def require_unsealed(scored: Rows, holdout: Rows | None = None, allowed: bool = False) -> None:
    """Raise `UserError` where a row to be scored is sealed; the holdout's own seal may be `allowed`."""
    for entry in _standing().seals:
        held = kept(entry.signature)
        own = held is not None and holdout is not None and held.same(holdout)
        if held is None or (own and allowed):
            continue
        if own:
            raise UserError(
                N_(
                    "This holdout is sealed: it is scored once, when it is opened. Open it, or go on with a sealed "
                    "run that is scored by walking forward."
                )
            )
        if inside := held.shared(scored):
            raise UserError(
                P_(
                    "{n:,} headline that would be scored lies in the holdout that run {run} sealed: hold out "
                    "exactly the same rows, or open that holdout first.",
                    "{n:,} headlines that would be scored lie in the holdout that run {run} sealed: hold out "
                    "exactly the same rows, or open that holdout first.",
                ),
                n=inside,
                run=entry.run_id,
            )


def require_unseen(dataset_id: str, holdout: Rows) -> None:
    """Raise `UserError` where a row of a holdout has been looked at, so that it cannot be sealed."""
    found = looks(dataset_id, keep(holdout))
    if not found:
        return
    seen = [kept(look.scored) for look in found]
    raise UserError(
        N_(
            "{seen:,} of the {all:,} headlines of this holdout have been scored before, first by run {run} on "
            "{time} (UTC), so it cannot be sealed: hold out sessions that no run has scored."
        ),
        seen=len(holdout) if None in seen else holdout.shared(*(rows for rows in seen if rows is not None)),
        all=len(holdout),
        run=found[0].run_id,
        time=_minute(found[0]),
    )


def unknown(dataset_id: str) -> set[str]:
    """Return the names of rows that a dataset's entries, of an earlier version, give no rows for."""
    named = {entry.signature for entry in entries() if entry.dataset == dataset_id}
    return {name for name in named if kept(name) is None}


def _write(entry: Entry) -> Entry | None:
    """Write an entry and see how it stands; return who looked at its holdout before, if anybody."""
    append(entry)
    standing = _standing()
    if entry.id in standing.late:
        raise UserError(
            N_(
                "Meanwhile run {run} has sealed rows that were scored here, so these scores are neither shown nor "
                "kept: hold out exactly the same rows, or open that holdout first."
            ),
            run=standing.late[entry.id].run_id,
        )
    first = next((look for look in standing.looks if _sees(look, entry)), entry)
    return None if first.id == entry.id else first


def _standing() -> _Standing:
    """Replay what was written: a look opens no seal but the one of its own holdout, and only when asked to."""
    standing = _Standing()
    for entry in entries():
        hit = [seal for seal in standing.seals if _sees(entry, seal)]
        others = [seal for seal in hit if entry.kind != OPENED or not _same(entry, seal)]
        if others:
            standing.late[entry.id] = others[0]
            continue
        standing.seals = [seal for seal in standing.seals if seal not in hit]
        if entry.kind == SEALED and not any(_sees(look, entry) for look in standing.looks):
            standing.seals.append(entry)
        if entry.scored:
            standing.looks.append(entry)
    return standing


def _sees(look: Entry, holdout: Entry) -> bool:
    """Whether a look is at a row of a holdout.

    One whose rows are not known any more counts at every holdout of its dataset, but undoes no seal.
    """
    if not look.scored or look.scored == holdout.signature:
        return bool(look.scored)
    if kept(look.scored) is None:
        return look.dataset == holdout.dataset and holdout.kind != SEALED
    return _meeting(settings().home, look.scored, holdout.signature)[0]


def _same(one: Entry, other: Entry) -> bool:
    """Whether two entries are of the same holdout."""
    known = one.signature == other.signature
    return known or _meeting(settings().home, one.signature, other.signature)[1]


def _meeting(home: Path, one: str, other: str) -> tuple[bool, bool]:
    """Whether rows by these names share one, and whether they are the same; neither where they are not known."""
    try:
        return _compared(home, one, other)
    except LookupError:
        return False, False


@lru_cache(maxsize=4096)
def _compared(home: Path, one: str, other: str) -> tuple[bool, bool]:
    first, second = kept(one), kept(other)
    if first is None or second is None:
        raise LookupError(f"{one} or {other} in {home}")
    return first.shared(second) > 0, first.same(second)


def _refusal(first: Entry) -> Message:
    return Message(
        N_("This holdout is no longer sealed: run {run} looked at it first, on {time} (UTC)."),
        {"run": first.run_id, "time": _minute(first)},
    )


def _minute(entry: Entry) -> str:
    return entry.time[:16].replace("T", " ")
