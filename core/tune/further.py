"""What is computed of a tuned encoder on demand: maps of the test before and after, and the models on both vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.arrays import read_arrays, write_arrays
from core.data.dataset import Dataset
from core.data.library import load_dataset
from core.embed import embed
from core.errors import UserError
from core.jobs import Report, part, silent
from core.locale import N_
from core.tune.judge.downstream import Downstream, downstream
from core.tune.judge.projections import Projections, projections
from core.tune.pipeline import Source, count_tests, tested_rows
from core.tune.record import Tuned
from core.tune.tuned import load_part, load_tuned, save_part

MAPS, MODELS = "maps", "downstream"
_FILE = "maps.npz"
_EMBEDDED = 0.3  # share of the time


@dataclass(frozen=True, eq=False)
class Maps:
    """The maps of some test texts: the places, and of each text what it says and its class ("" for none)."""

    projections: Projections
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def source_of(tuned: Tuned) -> Source:
    """Return what an encoder was tuned on; raises `UserError` where that is no table of the library."""
    if not tuned.data.id or tuned.data.pairs:
        raise UserError(
            N_("This needs the table that the encoder was tuned on, and it is not in the library.")
        )
    return Source(dataset=load_dataset(tuned.data.id), name=tuned.data.name)


def add_maps(tuned_id: str, report: Report = silent) -> Maps:
    """Lay the test texts out by both encoders and add that to the record; raises `UserError` as `source_of` does."""
    tuned = load_tuned(tuned_id)
    examples, parts = source_of(tuned).split(tuned.settings)
    test = examples.take(parts.test)
    old, new = _both(tuned, test.texts, part(report, 0.0, _EMBEDDED))
    own = replace(parts, train=parts.train[:0], valid=parts.valid[:0], test=np.arange(len(test)))
    found = projections(test, own, old, new, part(report, _EMBEDDED, 1.0), seed=tuned.settings.seed)
    write_arrays(tuned.folder / _FILE, found.as_arrays())
    rows = found.rows
    texts = tuple(test.texts[row] for row in rows)
    labels = tuple(test.classes[int(test.labels[row])] if test.classes else "" for row in rows)
    save_part(tuned_id, MAPS, {"texts": texts, "labels": labels})
    return Maps(found, texts, labels)


def maps_of(tuned: Tuned) -> Maps | None:
    """Return the maps of a tuned encoder, None where they have not been made."""
    words, arrays = load_part(tuned.id, MAPS), read_arrays(tuned.folder / _FILE)
    if words is None or arrays is None:
        return None
    return Maps(Projections.from_arrays(arrays), tuple(words["texts"]), tuple(words["labels"]))


def add_downstream(tuned_id: str, report: Report = silent) -> Downstream:
    """Train the models on both encoders' vectors of the table and add what came of it to the record.

    Raises `UserError` as `source_of` and `downstream` do.
    """
    tuned = load_tuned(tuned_id)
    source = source_of(tuned)
    examples, parts = source.split(tuned.settings)
    dataset: Dataset = load_dataset(tuned.data.id)
    old, new = _both(tuned, dataset.headlines, part(report, 0.0, _EMBEDDED))
    tested = tested_rows(dataset, examples, parts)
    found = downstream(dataset, examples, parts, old, new, report=part(report, _EMBEDDED, 1.0))
    count_tests(tested, examples, tuned_id, tests=2)
    save_part(tuned_id, MODELS, found.as_dict())
    return found


def downstream_of(tuned: Tuned) -> Downstream | None:
    """Return the models' results of a tuned encoder, None where they have not been made."""
    plain: dict[str, Any] | None = load_part(tuned.id, MODELS)
    return plain and Downstream.from_dict(plain)  # type: ignore[return-value]


def _both(tuned: Tuned, texts: Sequence[str], report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Return the vectors of the encoder as it was and of the tuned one, `(texts, dim)` each."""
    pooling = tuned.settings.pooling
    old = embed(texts, tuned.encoder, pooling, part(report, 0.0, 0.5)).vectors
    return old, embed(texts, tuned.id, pooling, part(report, 0.5, 1.0)).vectors
