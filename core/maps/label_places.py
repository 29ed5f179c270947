"""Where a group's name is written on a map: in its thickest part, and never over another name."""

from __future__ import annotations

import numpy as np

_CELLS = 24  # of a grid over the map, each way
_WIDE, _HIGH = 0.18, 0.14  # of a name in two short lines, as shares of the map's reach on a narrow screen


def label_places(places: np.ndarray, group: np.ndarray, count: int) -> list[np.ndarray | None]:
    """Return where the names of groups 0 to `count` - 1 are written, each `(d,)`; None where there is no room for one.

    `places (n, d)` are the points' and `group (n,)` their groups, -1 for none. A name stands at the mean of the group's
    points in the fullest cell of a grid. Names are placed in the order of the groups; one that would cover an earlier
    one moves to the next fullest cell.
    """
    low, high = np.quantile(places, [0.005, 0.995], axis=0) if len(places) else (0.0, 1.0)
    reach = np.maximum(high - low, 1e-9)
    cell = np.clip((places - low) / reach * _CELLS, 0, _CELLS - 1).astype(int)
    number = np.ravel_multi_index(tuple(cell.T), (_CELLS,) * places.shape[1])
    taken: list[np.ndarray] = []
    found: list[np.ndarray | None] = []
    for one in range(count):
        mine = np.flatnonzero(group == one)
        cells, sizes = np.unique(number[mine], return_counts=True)
        found.append(None)
        for fullest in cells[np.argsort(-sizes, kind="stable")]:
            place = places[mine[number[mine] == fullest]].mean(axis=0)
            if not any(_covers(place, other, reach) for other in taken):
                taken.append(place)
                found[-1] = place
                break
    return found


def _covers(place: np.ndarray, other: np.ndarray, reach: np.ndarray) -> bool:
    apart = np.abs(place - other)[:2] / reach.max()
    return bool(apart[0] < _WIDE and apart[1] < _HIGH)
