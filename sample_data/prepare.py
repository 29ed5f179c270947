"""Make the prepared run of the sample: `python -m sample_data.prepare`, in the project's folder.

The sample is read, embedded and trained with the settings that the Train page suggests, its staircase is drawn, and
all of it is written to `prepared/` (see `core.train.prepared`). It takes some minutes.
"""

from __future__ import annotations

import logging
import os
import tempfile

from core.cli.shell import progress
from core.data.ingest import File, ingest
from core.data.library import save_dataset
from core.embed import embed
from core.embed.checkpoint.bundled import NAME
from core.settings import settings
from core.train.leakage import draw_staircase
from core.train.prepared import as_shipped, ship
from core.train.recording import train_and_record
from core.train.settings import TrainSettings

TABLE = "headlines.csv"
SETTINGS = TrainSettings("classify", encoder=NAME, folds=5)


def prepare() -> None:
    """Train on the sample in a workspace of its own, and ship what was made."""
    report = progress()
    made = ingest([File(TABLE, (settings().sample_data / TABLE).read_bytes())])
    save_dataset(made.dataset, made.sources)
    vectors = as_shipped(embed(made.dataset.headlines, NAME, SETTINGS.pooling, report).vectors)
    run = train_and_record(made.dataset, vectors, SETTINGS, report)
    draw_staircase(run, made.dataset, vectors, report)
    ship(run, vectors, made.dataset.headlines)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        os.environ["HEADLINE_LAB_HOME"] = home
        prepare()
