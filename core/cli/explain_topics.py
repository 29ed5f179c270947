"""The topics that `headline-lab explain` prints: what each adds to the predictions, and which one the headline is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.cli.shell import progress
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    from core.data.dataset import Dataset
    from core.train.run import Run


def topic_table(run: Run, headline: str, row: int | None, explained: int) -> list[dict[str, Any]]:
    """Return the topics of the run's table, the largest contribution first; empty where there are none.

    `row` is the headline's number in the table, None for a new one. Raises `UserError` where the run reads
    no headline, and where the table or its encoder is gone.
    """
    from core.data.library import load_dataset
    from core.explain import encode_texts, explain_run, topic_effects
    from core.maps import topics_of

    if not run.settings.reads_headline:
        raise UserError(N_("This run's models do not read the headline, so no topic can move them."))
    data = load_dataset(run.dataset_id)
    vectors = _vectors(run, data)
    found = topics_of(data, vectors, report=progress())
    if found is None:
        return []
    if row is None:
        mine = int(found.of_vectors(vectors, encode_texts(run, [headline]))[0])
    else:
        mine = int(found.topic[np.flatnonzero(data.frame["row"].to_numpy() == row)[0]])
    contributions = explain_run(run, data, vectors, explained=explained, report=progress())
    return [
        {
            "id": effect.number,
            "keywords": list(effect.keywords),
            "headlines": len(effect.rows),
            "events": effect.events,
            "contribution": effect.contribution.as_dict(),
            "outcome": effect.outcome.as_dict(),
            "confirmed": effect.confirmed,
            "of_headline": effect.number == mine,
        }
        for effect in topic_effects(run, data, contributions, found, explained)
    ]


def _vectors(run: Run, data: Dataset) -> np.ndarray:
    from core.embed.pipeline import embed
    from core.train.prepared import prepared_vectors

    settings = run.settings
    vectors = prepared_vectors(data.id, settings.encoder, settings.pooling)
    if vectors is not None:
        return vectors
    return embed(data.headlines, settings.encoder, settings.pooling, progress()).vectors
