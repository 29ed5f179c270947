"""How far a grid is, in a small file of the workspace: it outlives a reload, and a restart of the server."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.compare.grid.settings import GridSettings
from core.errors import Message, UserError
from core.files import write_atomic
from core.settings import settings as app_settings
from core.train.settings import TrainSettings

log = logging.getLogger(__name__)

WAITING, RUNNING, DONE, REUSED, FAILED = "waiting", "running", "done", "reused", "failed"
_STATES = (WAITING, RUNNING, DONE, REUSED, FAILED)


@dataclass(frozen=True)
class Step:
    """One run of a grid: whether it waits, runs, is done, was there before (`reused`), or failed and why."""

    settings: TrainSettings
    state: str = WAITING
    run: str = ""
    reason: Message | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class SavedGrid:
    """A grid on a dataset, and how far it is."""

    id: str
    dataset: str
    settings: GridSettings
    steps: tuple[Step, ...]

    @property
    def unfinished(self) -> int:
        """How many runs have still to be made, those that failed among them."""
        return sum(step.state not in (DONE, REUSED) for step in self.steps)


class Steps:
    """The steps of a grid that is at work, saved whenever one changes its state."""

    def __init__(self, settings: GridSettings, dataset_id: str, steps: Sequence[Step]) -> None:
        self.id = settings.id(dataset_id)
        self._settings, self._dataset_id = settings, dataset_id
        self._steps = {step.settings: step for step in steps}
        self.save()

    @property
    def all(self) -> tuple[Step, ...]:
        """The steps as they stand."""
        return tuple(self._steps.values())

    def number(self, state: str) -> int:
        """Return how many steps are in a state."""
        return sum(step.state == state for step in self._steps.values())

    def change(self, settings: TrainSettings, state: str, **changes: Any) -> None:
        """Bring a step into a state, and save it."""
        before = self._steps[settings]
        if (before.state, changes) == (state, {}):
            return
        self._steps[settings] = replace(before, state=state, **changes)
        self.save()

    def stop(self) -> None:
        """Let those that were running wait: what is at work no more has to be begun again."""
        for step in self.all:
            if step.state == RUNNING:
                self.change(step.settings, WAITING)

    def save(self) -> None:
        """Save the steps."""
        save_grid(SavedGrid(self.id, self._dataset_id, self._settings, self.all))


def save_grid(grid: SavedGrid) -> None:
    """Save how far a grid is; raises `UserError` where it cannot be written."""
    record = {
        "dataset": grid.dataset,
        "settings": grid.settings.as_dict(),
        "steps": [
            {
                "settings": step.settings.as_dict(),
                "state": step.state,
                "run": step.run,
                "reason": step.reason and step.reason.as_dict(),
                "seconds": step.seconds,
            }
            for step in grid.steps
        ],
    }
    text = json.dumps(record, ensure_ascii=False, default=str)
    write_atomic(_folder() / f"{grid.id}.json", lambda path: path.write_text(text, encoding="utf-8"))


def saved_grid(dataset_id: str) -> SavedGrid | None:
    """Return a dataset's grid that was at work last, None where there is none that can be read."""
    paths = [(path.stat().st_mtime_ns, path) for path in _folder().glob("[0-9a-f]*.json")]
    for _written, path in sorted(paths, reverse=True):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if record["dataset"] == dataset_id:
                return _grid(path.stem, record)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, UserError) as error:
            log.warning("the grid in %s cannot be read: %r", path, error)
    return None


def _grid(grid_id: str, record: dict[str, Any]) -> SavedGrid:
    fields = record["settings"]
    settings = GridSettings(**(fields | {"base": TrainSettings(**fields["base"])}))
    return SavedGrid(grid_id, record["dataset"], settings, tuple(_step(each) for each in record["steps"]))


def _step(fields: dict[str, Any]) -> Step:
    if fields["state"] not in _STATES:
        raise ValueError(f"unknown state {fields['state']!r}")
    reason = fields["reason"]
    return Step(
        TrainSettings(**fields["settings"]),
        str(fields["state"]),
        str(fields["run"]),
        Message.from_dict(reason) if isinstance(reason, dict) else None,
        float(fields["seconds"]),
    )


def _folder() -> Path:
    return app_settings().home / "grids"
