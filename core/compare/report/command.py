"""The shell command that trains a run again."""

from __future__ import annotations

import shlex
from typing import Any

from core.data.dataset import Dataset
from core.train.run import Run
from core.train.settings import TrainSettings

# setting -> flag of `headline-lab run`; a list is joined by commas
FLAGS = {
    "task": "--task",
    "split": "--split",
    "folds": "--folds",
    "window": "--window",
    "embargo": "--embargo",
    "unit": "--unit",
    "weighting": "--weighting",
    "encoder": "--encoder",
    "pooling": "--pooling",
    "seed": "--seed",
    "components": "--components",
    "winsor": "--winsor",
    "extras": "--extras",
    "classifier": "--classifier",
    "class_weight": "--class-weight",
    "calibrate": "--calibrate",
    "tune_seconds": "--tune",
    "features": "--features",
    "models": "--models",
}
SWITCHES = {"sealed": "--sealed"}
ALWAYS = ("task", "split", "unit", "encoder", "pooling", "seed")
_OF_THE_PLAN = ("horizon",)  # `--plan` brings it


def command(run: Run, data: Dataset) -> str:
    """Return the command, its words quoted for a shell; only what differs from the defaults is said.

    The file's name is a label that a user gave: it is quoted, and never begins like a flag.
    """
    settings, usual = run.settings.as_dict(), TrainSettings().as_dict()
    name = data.name if not data.name.startswith("-") else f"./{data.name}"
    words = ["headline-lab", "run", name, "--plan", "plan.json"]
    for setting, flag in FLAGS.items():
        value = settings[setting]
        if value != usual[setting] or (setting in ALWAYS and value != ""):
            words += [flag, _written(value)]
    words += [flag for setting, flag in SWITCHES.items() if settings[setting]]
    return " ".join(shlex.quote(" ".join(word.split())) for word in words)


def not_in_command(run: Run) -> dict[str, Any]:
    """Return the settings, by name, that differ from the defaults and that the command has no flag for."""
    settings, usual = run.settings.as_dict(), TrainSettings().as_dict()
    known = {*FLAGS, *SWITCHES, *_OF_THE_PLAN}
    return {name: value for name, value in settings.items() if name not in known and value != usual[name]}


def _written(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
