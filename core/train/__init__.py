"""Stage 3: vectors and columns to features, a split, fitted models and scores: a `Run`."""

from core.train.pipeline import train
from core.train.record import train_and_record
from core.train.run import Run, run_table
from core.train.settings import TrainSettings, default_split
from core.train.store import delete_run, list_runs, load_run, save_run

__all__ = [
    "Run",
    "TrainSettings",
    "default_split",
    "delete_run",
    "list_runs",
    "load_run",
    "run_table",
    "save_run",
    "train",
    "train_and_record",
]
