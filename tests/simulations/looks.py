"""Users who test again and again on the same null data, each time with another text, and stop when told "helps"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluate.blocks import Blocks
from core.evaluate.lift import HELPS, text_lift
from tests.simulations.overlap import World
from tests.simulations.row import Row, percent


def deceived(world: World, users: Sequence[int], looks: int = 20, deflated: bool = True) -> float:
    """Return the share of users who are told "helps" in at least one of so many tests of null headlines."""
    return float(np.mean([_deceived(world, user, looks, deflated) for user in users]))


def _deceived(world: World, user: int, looks: int, deflated: bool) -> bool:
    y, _, table, session = world.table(user)
    for look in range(1, looks + 1):
        text = world.table(1000 * (user + 1) + look)[1]
        lift = text_lift(y, table + text, table, Blocks(session), "rank_ic", user)
        if lift.after(look if deflated else 1).verdict == HELPS:
            return True
    return False


ROWS = (
    Row(
        'users who test 20 different null texts on one table and stop at the first "helps"',
        "at most 5% are told so",
        "100 users, seeds 0–99",
        lambda: percent(deceived(World(1, companies=4, memory=0.5), range(100))),
    ),
)
