"""What was asked of a run, kept in the workspace: one small file a question, so that writers at once lose none.

A question of a holdout that is sealed, also one sealed after it was asked, is neither kept nor handed out.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.data.parse.cells import plain_text
from core.embed.pipeline import canonical
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.files import disk_errors, write_atomic
from core.predict.question import Question
from core.predict.sealed import is_open
from core.train.features.registry import reads
from core.train.run import Run
from core.train.runs import RUN_ID, questions_folder

log = logging.getLogger(__name__)

MOST = 500  # questions kept of a run beside those that are pinned; a tenth more until they are tidied up
LONGEST_NAME = 100  # characters
_LARGEST = 200_000  # bytes of a file
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class AskedBefore:
    """A question that was asked of a run, and what was answered.

    `asked` is when, in UTC; `values` holds for each model, and each combination of them, the probabilities of the run's
    classes or the return; it is empty where nothing was answered yet. `place` is the question's place among the pinned
    ones, from 1 on; 0 where it is not pinned.
    """

    id: str
    run: str
    dataset: str
    asked: datetime
    question: Question
    values: Mapping[str, tuple[float, ...]]
    name: str = ""
    place: int = 0

    @property
    def pinned(self) -> bool:
        """Whether it is pinned: then it stays, stands on top and is presented."""
        return self.place > 0

    def record(self) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        return {
            "id": self.id,
            "run": self.run,
            "dataset": self.dataset,
            "asked": self.asked.isoformat(),
            "question": self.question.record(),
            "values": {model: list(values) for model, values in self.values.items()},
            "name": self.name,
            "place": self.place,
        }

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> AskedBefore:
        """Return what `record` wrote; raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        values = {
            str(model): tuple(float(value) for value in said) for model, said in record["values"].items()
        }
        asked = datetime.fromisoformat(record["asked"])
        if asked.tzinfo is None or not all(
            math.isfinite(value) for said in values.values() for value in said
        ):
            raise ValueError("a time without a zone, or a value that is no number")
        return cls(
            str(record["id"]),
            str(record["run"]),
            str(record["dataset"]),
            asked,
            Question.of_record(record["question"]),
            values,
            str(record["name"])[:LONGEST_NAME],
            max(int(record["place"]), 0),
        )


@dataclass(frozen=True)
class History:
    """The questions of a run: the pinned ones by their places, then the newest first; `sealed` counts those withheld."""

    items: tuple[AskedBefore, ...]
    sealed: int = 0

    @property
    def pinned(self) -> tuple[AskedBefore, ...]:
        """The pinned ones alone."""
        return tuple(item for item in self.items if item.pinned)

    def get(self, item_id: str) -> AskedBefore | None:
        """Return the question with this id; None where there is none."""
        return next((item for item in self.items if item.id == item_id), None)


def id_of(run: Run, question: Question) -> str:
    """Return the id of a question to a run: the same for the same headline, however spaced, beside the same values.

    Of the time only the day counts, unless the run reads the hour too.
    """
    record = question.record() | {"headline": canonical(plain_text(question.headline))}
    if question.time is not None and not reads("time", run.settings.extras):
        record["time"] = question.time.date().isoformat()
    return hashlib.sha256(json.dumps([run.id, record], sort_keys=True).encode()).hexdigest()[:16]


def remember(
    run: Run,
    question: Question,
    values: Mapping[str, np.ndarray],
    name: str = "",
    place: int = 0,
    now: datetime | None = None,
) -> AskedBefore | None:
    """Keep a question and what each model said, `(classes,)` or `(1,)`; None where its headline is of a sealed holdout.

    One that was asked before moves up and keeps its name and its place, where none is given. Beyond `MOST` the
    oldest that are not pinned go. Raises `UserError` where nothing can be written.
    """
    if not is_open(question.headline, question.time):
        return None
    path = _path(run.id, id_of(run, question))
    before = _read(path)
    item = AskedBefore(
        path.stem,
        run.id,
        run.dataset_id,
        now or datetime.now(UTC),
        question,
        {model: tuple(float(v) for v in np.ravel(said)) for model, said in values.items()},
        name or (before.name if before else ""),
        place or (before.place if before else 0),
    )
    _write(path, item)
    _drop_oldest(run.id)
    return item


def history(run_id: str) -> History:
    """Return what was asked of a run; a file that cannot be read is left out."""
    every = sorted(_all(run_id), key=lambda item: (not item.pinned, item.place, -item.asked.timestamp()))
    shown = _not_sealed(every)
    return History(shown, len(every) - len(shown))


def rename(item: AskedBefore, name: str) -> None:
    """Give a question a name; "" takes it back."""
    _change(item, name=" ".join(name.split())[:LONGEST_NAME])


def pin(item: AskedBefore) -> None:
    """Put a question behind the pinned ones."""
    last = max((other.place for other in _all(item.run)), default=0)
    _change(item, place=last + 1)


def unpin(item: AskedBefore) -> None:
    """Take a question from the pinned ones."""
    _change(item, place=0)


def move(item: AskedBefore, by: int) -> None:
    """Move a pinned question by so many places, down where `by` is above 0."""
    pinned = list(history(item.run).pinned)
    ids = [other.id for other in pinned]
    if item.id not in ids:
        return
    moved = pinned.pop(ids.index(item.id))
    pinned.insert(min(max(ids.index(item.id) + by, 0), len(pinned)), moved)
    for place, other in enumerate(pinned, 1):
        if other.place != place:
            _change(other, place=place)


def forget(item: AskedBefore) -> None:
    """Delete a question."""
    path = _path(item.run, item.id)
    with disk_errors(path):
        path.unlink(missing_ok=True)


def clear(run_id: str) -> None:
    """Delete what was asked of a run but for the pinned questions."""
    for item in _all(run_id):
        if not item.pinned:
            forget(item)


def _drop_oldest(run_id: str) -> None:
    if len(_files(run_id)) <= 1.1 * MOST:  # to count is quick, to read them is not
        return
    unpinned = sorted((item for item in _all(run_id) if not item.pinned), key=lambda item: item.asked)
    for item in unpinned[:-MOST]:
        forget(item)


def _not_sealed(items: Sequence[AskedBefore]) -> tuple[AskedBefore, ...]:
    """Leave out what tells predictions of a sealed holdout."""
    if not items or not ledger.any_sealed():
        return tuple(items)
    headlines = [plain_text(item.question.headline) for item in items]
    days = [(item.question.time or item.asked.replace(tzinfo=None)).date() for item in items]
    told = np.zeros(len(items), bool)
    for seal in ledger.seals_told_by(Rows.of_headlines(headlines, np.array(days, "datetime64[s]"))):
        told |= seal.rows
    return tuple(item for item, is_told in zip(items, told, strict=True) if not is_told)


def _change(item: AskedBefore, **new: Any) -> None:
    """Write a question anew as it stands now, with what is new; nothing where it was deleted meanwhile."""
    path = _path(item.run, item.id)
    if current := _read(path):
        _write(path, replace(current, **new))


def _write(path: Path, item: AskedBefore) -> None:
    content = json.dumps(item.record(), ensure_ascii=False, allow_nan=False)
    write_atomic(path, lambda part: part.write_text(content, encoding="utf-8", errors="replace"))


def _all(run_id: str) -> list[AskedBefore]:
    return [item for path in _files(run_id) if (item := _read(path))]


def _files(run_id: str) -> list[Path]:
    """Return the files of a run's questions; those that are still being written have other names."""
    if not RUN_ID.fullmatch(run_id):
        return []
    return [path for path in questions_folder(run_id).glob("*.json") if _ID.fullmatch(path.stem)]


def _path(run_id: str, item_id: str) -> Path:
    if not (RUN_ID.fullmatch(run_id) and _ID.fullmatch(item_id)):
        raise ValueError("no id of a run or of a question")
    return questions_folder(run_id) / f"{item_id}.json"


def _read(path: Path) -> AskedBefore | None:
    try:
        state = path.stat()
    except OSError:
        return None  # deleted, or never there
    return _parsed(path, state.st_mtime_ns, state.st_size) if state.st_size <= _LARGEST else None


@lru_cache(maxsize=4 * MOST)
def _parsed(path: Path, changed: int, size: int) -> AskedBefore | None:
    """Read a file once for each state of it."""
    try:
        item = AskedBefore.of_record(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        log.warning("the question in %s cannot be read: %r", path, error)
        return None
    return item if (item.id, item.run) == (path.stem, path.parent.name) else None
