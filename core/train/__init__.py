"""Stage 3: vectors and columns to features, splits, fitted models and out-of-sample predictions: a `Run`."""

from core.train.pipeline import train
from core.train.recording import train_and_record
from core.train.run import Run
from core.train.run_record import run_table
from core.train.runs import delete_run, list_runs, load_run, save_run
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from core.train.splits.registry import default_split

__all__ = [
    "Run",
    "TrainSettings",
    "default_split",
    "delete_run",
    "list_runs",
    "load_run",
    "plan_splits",
    "run_table",
    "save_run",
    "train",
    "train_and_record",
]
