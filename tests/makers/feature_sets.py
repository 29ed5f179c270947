"""Workspaces with a run of the table alone, where no encoder is, and with a run of the headline alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.makers.small_lab import SmallLab, table_of

NOWHERE = "/no/such/encoder"


def make_table_lab(lab: SmallLab, folder: Path, **settings: object) -> SmallLab:
    """Train on the table of a workspace in an empty one: nothing is embedded, and there is no encoder.

    The caller has to set `HEADLINE_LAB_HOME` to use it.
    """
    from core.data.library import save_dataset
    from core.train import TrainSettings, train_and_record

    data = table_of(lab)
    home = folder / "home"
    home.mkdir()
    chosen = {"features": "table", "models": ("rf", "lgbm"), "folds": 1, "encoder": NOWHERE} | settings
    with _few_trees(home):
        save_dataset(data)
        run = train_and_record(data, None, TrainSettings(**chosen))
    return SmallLab(home, data.id, "", run.id)


def make_headline_lab(lab: SmallLab, folder: Path) -> SmallLab:
    """Train on the headlines of a workspace alone, by one model, in a copy of it."""
    from core.embed import embed
    from core.train import TrainSettings, train_and_record

    data = table_of(lab)
    home = shutil.copytree(lab.home, folder / "home", symlinks=True)
    settings = TrainSettings(features="headline", models=("lgbm",), encoder=lab.encoder)
    with _few_trees(home):
        run = train_and_record(data, embed(data.headlines, lab.encoder, "mean").vectors, settings)
    return replace(lab, home=home, run=run.id)


@contextmanager
def _few_trees(home: Path) -> Iterator[None]:
    """Work in a workspace, with small forests."""
    from core.train.models import forest

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(home))
        patch.setattr(forest, "TREES", 25)
        yield
