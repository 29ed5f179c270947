"""Whether a row was joined to one of its future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.data.join.pairing import SAME_SESSION, Pairing
from core.data.join.placing import Placed
from core.errors import Message, UserError
from core.locale import N_


def refuse_the_future(
    pairing: Pairing, left: pd.Series, right: pd.Series, placed: Placed
) -> tuple[Message, ...]:
    """Refuse a pairing in which a row got a partner whose session comes after its own.

    `left` and `right` are the date columns; sessions are compared, not times of day. Returns a note where
    partners are of the headline's own session, and where joined rows lack one of the dates.

    Raises:
        UserError: with an example, where there is such a row.
    """
    matched = np.flatnonzero(pairing.partner >= 0)
    own, partners = placed.first[matched], placed.second[pairing.partner[matched]]
    ahead = matched[(partners > own) & (own >= 0)]
    if len(ahead):
        row = int(ahead[0])
        raise UserError(
            N_(
                "{rows:,} headlines would get a row from their future, for example row {row:,}: its headline is of "
                "{headline}, its partner of {feature}. Join as of the last session before; or, if the second file "
                "holds outcomes only, join without its date column {column}."
            ),
            rows=len(ahead),
            row=row + 1,
            headline=left.iloc[row],
            feature=right.iloc[pairing.partner[row]],
            column=str(right.name),
        )
    notes = []
    if ((partners == own) & (own >= 0)).any():
        notes.append(Message(SAME_SESSION))
    unknown = int(((own < 0) | (partners < 0)).sum())
    if unknown:
        template = N_(
            "{rows:,} joined rows could not be checked for a look into the future: a date is missing or cannot be "
            "read."
        )
        notes.append(Message(template, {"rows": unknown}))
    return tuple(notes)
