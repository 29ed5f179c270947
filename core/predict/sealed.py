"""What may be predicted while a holdout is sealed: with the outcomes at hand, predictions of its rows are its score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from core.data.dataset import Problem
from core.data.parse.cells import plain_text
from core.errors import Message, UserError
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.locale import N_, P_


def open_rows(
    headlines: Sequence[str], sessions: Callable[[], np.ndarray], numbers: np.ndarray, skip: bool
) -> tuple[np.ndarray, tuple[Problem, ...]]:
    """Say which rows may be predicted, `(n,)` bool, and which ones, by their `numbers (n,)`, are left out.

    `sessions` returns those of the rows, `(n,)`; it is asked only where a holdout is sealed. Raises `UserError`
    where a row is sealed and is not to be skipped, no row is left, or many rows are nearly sealed ones: of those, some
    would be missed.
    """
    every = np.ones(len(headlines), bool)
    if not ledger.any_sealed():
        return every, ()
    found = ledger.seals_told_by(Rows.of_headlines(headlines, sessions()))
    if not found:
        return every, ()
    for seal in found:
        if nearly := int(seal.nearly.sum()):
            raise UserError(
                P_(
                    "{n:,} headline of this file is nearly one of the holdout that run {run} sealed, in other words or on "
                    "another day, so that its rows cannot be told from others: open that holdout first, or take its rows out "
                    "of the file.",
                    "{n:,} headlines of this file are nearly those of the holdout that run {run} sealed, in other words or on "
                    "other days, so that its rows cannot be told from others: open that holdout first, or take its rows out "
                    "of the file.",
                ),
                n=nearly,
                run=seal.run,
            )
    sealed = np.any([seal.rows for seal in found], axis=0)
    run = found[0].run
    if not skip:
        raise UserError(
            P_(
                "{n:,} headline of this file lies in the holdout that run {run} sealed, and its prediction would give "
                "the score away: open that holdout first, or choose to leave the row out (--skip-sealed in the shell).",
                "{n:,} headlines of this file lie in the holdout that run {run} sealed, and their predictions would "
                "give the score away: open that holdout first, or choose to leave these rows out (--skip-sealed in the shell).",
            ),
            n=int(sealed.sum()),
            run=run,
        )
    if sealed.all():
        raise UserError(
            N_(
                "All headlines of this file lie in the holdout that run {run} sealed, so none is left to predict: open "
                "that holdout first."
            ),
            run=run,
        )
    template = N_("Rows of a sealed holdout were left out.")
    return ~sealed, (Problem("sealed", Message(template), tuple(numbers[sealed].tolist())),)


def require_open(headline: str, time: datetime | None = None) -> None:
    """Raise `UserError` where a headline of this time, by default today, is one of a sealed holdout.

    A wording that stands on several sessions of the sealed table may be predicted.
    """
    day = np.array([(time or datetime.now(UTC)).date()], "datetime64[s]")
    for seal in ledger.seals_told_by(Rows.of_headlines([plain_text(headline)], day)):
        raise UserError(
            N_(
                "This headline lies in the holdout that run {run} sealed, and its prediction would give part of the score "
                "away: open that holdout on the Evaluate page, or type another headline."
            ),
            run=seal.run,
        )


def is_open(headline: str, time: datetime | None = None) -> bool:
    """Say whether a headline may be predicted, as `require_open` asks."""
    try:
        require_open(headline, time)
    except UserError:
        return False
    return True
