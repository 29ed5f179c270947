"""Training rows in blocks: the numbers of each block's rows lie on a worker, and nowhere are all of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from core.train.features.inputs import Inputs
from core.train.features.preparation import Preparation
from core.train.partitioned.vectors import Repeated

MOST_ROWS = 50_000  # of a block
SENT_ONCE = 256 * 2**20  # bytes of different vectors that every worker may hold


@dataclass(eq=False)
class Blocks:
    """The matrix of training rows in blocks on the workers of a Dask client.

    `rows` are the positions of each block's rows among the training rows; every set of rows that the blocks were made
    for is a number of whole blocks. `inputs` are those of the training rows, their vectors by text. A block that is
    lost with its worker is made anew by `renew`.
    """

    client: Any
    preparation: Preparation
    inputs: Inputs
    rows: tuple[np.ndarray, ...]
    cells: list[Any] = field(default_factory=list)  # a future of each block's (n, columns) float32
    _vectors: Any = None

    @classmethod
    def of(cls, client: Any, preparation: Preparation, inputs: Inputs, sets: Sequence[np.ndarray]) -> Blocks:
        """Make the blocks of all training rows, of which each of `sets` (positions) has to be whole blocks."""
        made = cls(client, preparation, inputs, cut(len(inputs.features), sets, _workers(client)))
        made.renew()
        return made

    @property
    def columns(self) -> int:
        """The number of columns of the matrix."""
        return len(self.preparation.columns)

    def renew(self) -> None:
        """Make every block anew, and wait for them: workers that are started anew hold nothing."""
        from distributed import wait

        self.cells = []
        self._vectors = None
        vectors = self.inputs.vectors
        if isinstance(vectors, Repeated) and vectors.distinct.nbytes <= SENT_ONCE:
            self._vectors = self.client.scatter(vectors.distinct, broadcast=True, hash=False)
        self.cells = [self._sent(rows) for rows in self.rows]
        with self.client.as_current():
            wait(self.cells)
        for future in self.cells:
            if future.status != "finished":
                future.result()  # raises what went wrong

    def _sent(self, rows: np.ndarray) -> Any:
        """Return the future of a block: what its rows hold is sent, and made into numbers there."""
        inputs = self.inputs.take(rows)
        if self.preparation.parts.get("extras") is not None:  # they read files of this machine
            block = self.preparation.matrix(inputs._replace(vectors=whole(inputs.vectors)))
            return self.client.scatter(block, hash=False)
        inputs = inputs._replace(text=None, time=None)
        if self._vectors is None or inputs.vectors is None:
            inputs = inputs._replace(vectors=whole(inputs.vectors))
            packed = self.client.scatter(inputs, hash=False)
            return self.client.submit(_numbers, self.preparation, packed, None, None, pure=False)
        numbers = cast(Repeated, inputs.vectors).number
        inputs = inputs._replace(vectors=None)
        return self.client.submit(_numbers, self.preparation, inputs, self._vectors, numbers, pure=False)

    def chosen(self, rows: np.ndarray) -> list[int]:
        """Return the blocks that hold these rows (positions, one of the sets that the blocks were made for)."""
        inside = np.zeros(len(self.inputs.features), bool)
        inside[rows] = True
        return [number for number, block in enumerate(self.rows) if inside[block[0]]]

    def order(self, rows: np.ndarray) -> np.ndarray:
        """Return these rows in the order of their blocks."""
        return np.concatenate([self.rows[number] for number in self.chosen(rows)])

    def array(self, rows: np.ndarray) -> Any:
        """Return the matrix of these rows, in the order of their blocks, as a Dask array."""
        import dask.array

        parts = [
            dask.array.from_delayed(self.cells[number], (len(self.rows[number]), self.columns), np.float32)
            for number in self.chosen(rows)
        ]
        return dask.array.concatenate(parts)

    def beside(self, rows: np.ndarray, values: np.ndarray) -> Any:
        """Return values `(training rows,)` or `(training rows, k)` of these rows as a Dask array in the same blocks."""
        import dask
        import dask.array

        parts = []
        for number in self.chosen(rows):
            own = values[self.rows[number]]
            parts.append(dask.array.from_delayed(dask.delayed(own), own.shape, own.dtype))
        return dask.array.concatenate(parts)

    def each(
        self, rows: np.ndarray, work: Callable[..., Any], *shared: Any, beside: Sequence[np.ndarray] = ()
    ) -> list[Any]:
        """Return what `work(cells, *values, *shared)` returns for each block of these rows, done where the block lies.

        `beside` are arrays of all training rows, of which it is given the block's values.
        """
        sent = self.client.scatter(list(shared), broadcast=True, hash=False) if shared else []
        futures = [
            self.client.submit(
                work,
                self.cells[number],
                *(values[self.rows[number]] for values in beside),
                *sent,
                pure=False,
            )
            for number in self.chosen(rows)
        ]
        return list(self.client.gather(futures))


def cut(count: int, sets: Sequence[np.ndarray], workers: int) -> tuple[np.ndarray, ...]:
    """Cut `count` rows into blocks that lie wholly inside or outside each of the sets (positions), in their order.

    Each part that is cut has a block for every worker at least, where it has as many rows.
    """
    inside = np.zeros((count, len(sets) + 1), bool)
    for number, rows in enumerate(sets):
        inside[rows, number] = True
    _, kind = np.unique(inside, axis=0, return_inverse=True)
    blocks: list[np.ndarray] = []
    for each in range(int(kind.max()) + 1):
        rows = np.flatnonzero(kind.reshape(-1) == each)
        pieces = max(-(-len(rows) // MOST_ROWS), min(workers, len(rows)))
        blocks += np.array_split(rows, pieces)
    return tuple(blocks)


def whole(vectors: np.ndarray | Repeated | None) -> np.ndarray | None:
    """Return vectors by text as an array, `(n, dim)`."""
    return vectors if vectors is None else np.asarray(vectors)


def _workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


def _numbers(
    preparation: Preparation, inputs: Inputs, distinct: np.ndarray | None, number: np.ndarray | None
) -> np.ndarray:
    if distinct is not None and number is not None:
        inputs = inputs._replace(vectors=distinct[number])
    return preparation.matrix(inputs)
