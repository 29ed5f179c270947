"""The trial ledger: every test access of a row is counted, and a sealed row is scored once, when its seal is opened.

A test access is a score shown of some rows: of a holdout, of a walk-forward before it, or of a staircase. Rows are
what they are (`ledger_rows.Rows`), so an access counts at every holdout that shares a row with it, whatever the table,
its roles, the share held out or the unit, however its headlines are spelled; and a sealed row is refused wherever it
turns up.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import Message, UserError
from core.evaluate.bootstrap import Interval
from core.evaluate.ledger_file import OPENED, SCORED, SEALED, Entry, append, entries, load_rows, save_rows
from core.evaluate.ledger_replay import covers, replay, same
from core.evaluate.ledger_rows import Rows
from core.locale import N_, P_


@dataclass(frozen=True, eq=False)
class Told:
    """Rows whose predictions tell those of rows that `run` sealed, `(n,)` bool; `nearly` those of another wording."""

    run: str
    rows: np.ndarray
    nearly: np.ndarray


def standard_error(score: Interval) -> float | None:
    """Return the standard error that a 95% interval implies, (high - low) / (2 * 1.96); None without one.

    That of the normal interval of the same width: Higgins & Green (eds.), "Cochrane Handbook for Systematic
    Reviews of Interventions" 5.1 (2011), section 7.7.7.2.
    """
    width = score.high - score.low
    return None if math.isnan(width) else width / (2 * 1.959964)


def record_access(
    dataset_id: str,
    run_id: str,
    holdout: Rows,
    scored: Rows | None = None,
    metric: str = "",
    score: Interval | None = None,
    opened: bool = False,
    tests: int = 1,
) -> Message | None:
    """Count an access to the rows `scored` (by default the holdout's) and, where there is one, its score.

    `tests` is how many sets of predictions were scored at once; 0 logs the access as no further test, where the same
    rows were counted before. With `opened` it opens the holdout's seal; a late
    one is told which run was first. Raises `UserError` where a row of another seal is among them or the access
    cannot be written: then no score may be shown.
    """
    known = score is not None and not math.isnan(score.value)
    entry = Entry(
        OPENED if opened else SCORED,
        run_id,
        save_rows(holdout),
        metric=metric,
        value=score.value if score and known else None,
        se=standard_error(score) if score else None,
        dataset=dataset_id,
        scored=save_rows(holdout if scored is None else scored),
        tests=tests,
    )
    first = _write(entry)
    return _refusal(first) if opened and first else None


def seal(dataset_id: str, run_id: str, holdout: Rows, scored: Rows, tests: int = 1) -> Message | None:
    """Seal a holdout until it is opened, and count the access to the rows `scored` before it.

    `tests` is how many sets of predictions of them were scored at once. Returns why the holdout is not sealed where a row of it was tested before; raises as `record_access` does.
    """
    first = _write(
        Entry(SEALED, run_id, save_rows(holdout), dataset=dataset_id, scored=save_rows(scored), tests=tests)
    )
    return _refusal(first) if first else None


def record_elsewhere(
    dataset_id: str, run_id: str, holdout: str, metric: str, score: Interval | None, sealed: bool = False
) -> Message | None:
    """Count what a run tested in another workspace, of a table that is not here; it keeps its holdout `sealed`.

    `holdout` is the name of its rows. As long as these are not known, it counts as a test of every holdout of the table.
    Returns and raises as `seal` and `record_access` do.
    """
    if not sealed and is_sealed(dataset_id, holdout):
        raise UserError(
            N_(
                "This holdout is sealed: it is scored once, when it is opened. Open it, or go on with a sealed "
                "run that is scored by walking forward."
            )
        )
    known = score is not None and not math.isnan(score.value) and not sealed
    first = _write(
        Entry(
            SEALED if sealed else SCORED,
            run_id,
            holdout,
            metric=metric if known else "",
            value=score.value if score and known else None,
            se=standard_error(score) if score and known else None,
            dataset=dataset_id,
            scored=uuid.uuid4().hex if sealed or load_rows(holdout) is None else holdout,
        )
    )
    return _refusal(first) if sealed and first else None


def is_sealed(dataset_id: str, holdout: str) -> bool:
    """Whether these very rows, by their name, are sealed: no row of them has been tested."""
    asked = Entry("", "", holdout, dataset=dataset_id)
    return any(same(entry, asked) for entry in replay().seals)


def accesses(dataset_id: str, holdout: str | None = None) -> list[Entry]:
    """Return the accesses to any row of a holdout (or all that were made with a dataset), the oldest first.

    An access to more, fewer or other rows than just these comes without its score. Deleting a run deletes no access.
    """
    counted = replay().accesses
    if holdout is None:
        return [access for access in counted if access.dataset == dataset_id]
    asked = Entry("", "", holdout, dataset=dataset_id)
    return [
        access if same(access, asked) else replace(access, metric="", value=None, se=None)
        for access in counted
        if covers(access, asked)
    ]


def looks(rows: Rows, dataset_id: str = "") -> int:
    """Return how many tests so far were of any of these rows, whoever made them.

    Accesses of an earlier version whose rows are not known any more count where they are of this dataset.
    """
    return sum(access.tests for access in looks_at(rows, dataset_id))


def looks_at(rows: Rows, dataset_id: str = "") -> list[Entry]:
    """Return the accesses that `looks` counts, the oldest first."""
    return [access for access in replay().accesses if _looked(access, rows, dataset_id)]


def require_unsealed(scored: Rows, holdout: Rows | None = None, allowed: bool = False) -> None:
    """Raise `UserError` where a row to be scored is sealed; the holdout's own seal may be `allowed`."""
    for entry, held in _sealed():
        own = holdout is not None and held.same(holdout)
        if own and allowed:
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


def any_sealed() -> bool:
    """Whether any holdout of the workspace is sealed."""
    return bool(replay().seals)


def seals_told_by(rows: Rows) -> list[Told]:
    """Return the seals of which these rows would tell predictions, and by which rows."""
    found = [(entry, rows.worded_as(held), rows.among(held)) for entry, held in _sealed()]
    told = [Told(entry.run_id, worded | among, among & ~worded) for entry, worded, among in found]
    return [seal for seal in told if seal.rows.any()]


def sealed_among(rows: Rows) -> np.ndarray:
    """Say which rows are sealed, `(n,)` bool."""
    among = np.zeros(len(rows), bool)
    for _, held in _sealed():
        among |= rows.among(held)
    return among


def sealed_positions(dataset: Dataset) -> np.ndarray:
    """Return the positions in the dataset's frame of rows that are sealed."""
    if not any_sealed():  # to list the rows takes longer
        return np.arange(0)
    return np.flatnonzero(sealed_among(Rows.listed(dataset)))


def require_untested(dataset_id: str, holdout: Rows) -> None:
    """Raise `UserError` where a row of a holdout has been tested, so that it cannot be sealed."""
    found = accesses(dataset_id, save_rows(holdout))
    if not found:
        return
    seen = [load_rows(access.scored) for access in found]
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


def knows(run_id: str) -> bool:
    """Whether a test access or a seal of a run is written here."""
    return any(entry.run_id == run_id for entry in entries())


def unknown_rows(dataset_id: str) -> set[str]:
    """Return the names of rows that a dataset's entries, of an earlier version, give no rows for."""
    named = {entry.signature for entry in entries() if entry.dataset == dataset_id}
    return {name for name in named if load_rows(name) is None}


def _write(entry: Entry) -> Entry | None:
    """Write an entry and see how it stands; return the first earlier access to its holdout, if any."""
    append(entry)
    standing = replay()
    if entry.id in standing.late:
        raise UserError(
            N_(
                "Meanwhile run {run} has sealed rows that were scored here, so these scores are neither shown nor "
                "saved: hold out exactly the same rows, or open that holdout first."
            ),
            run=standing.late[entry.id].run_id,
        )
    first = next((access for access in standing.accesses if covers(access, entry)), entry)
    return None if first.id == entry.id else first


def _sealed() -> list[tuple[Entry, Rows]]:
    """Return the seals that hold with their rows, where these are known."""
    seals = [(entry, load_rows(entry.signature)) for entry in replay().seals]
    return [(entry, rows) for entry, rows in seals if rows is not None]


def _looked(access: Entry, rows: Rows, dataset_id: str) -> bool:
    known = load_rows(access.scored)
    return access.dataset == dataset_id if known is None else known.shared(rows) > 0


def _refusal(first: Entry) -> Message:
    return Message(
        N_("This holdout is no longer sealed: run {run} tested on it first, on {time} (UTC)."),
        {"run": first.run_id, "time": _minute(first)},
        "seal_broken",
    )


def _minute(entry: Entry) -> str:
    return entry.time[:16].replace("T", " ")
