"""Stage 3: vectors and columns to features, a split, fitted models and scores: a `Run`."""

from core.train.pipeline import train
from core.train.recording import train_and_record
from core.train.run import Run, run_table
from core.train.runs import delete_run, list_runs, load_run, save_run
from core.train.settings import TrainSettings, default_split

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
