"""The workspace's library of datasets: one folder each, a Parquet file beside a small JSON file."""

from __future__ import annotations

import json
import logging
import re
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from core.data.dataset import Dataset, Problem
from core.data.plan import Plan, Roles
from core.data.reading import RawTable, Source
from core.errors import Message, UserError
from core.files import folder_atomic, write_atomic
from core.locale import N_
from core.settings import settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """What the list of datasets shows of one, read without its table."""

    id: str
    name: str
    created: float
    rows: int
    distinct_headlines: int
    sessions: int
    events: int
    target_kind: str
    roles: Roles


def save_dataset(dataset: Dataset, sources: Sequence[Source] = ()) -> None:
    """Keep a dataset, and the files it was made from, so that a step can be undone later.

    One with the same content that is there already stays as it is, with the name that it has; it takes the
    files where it had none.
    """
    folder = _folder(dataset.id)
    record = {
        "id": dataset.id,
        "name": dataset.name,
        "created": time.time(),
        "rows": len(dataset),
        "distinct_headlines": dataset.distinct_headlines,
        "sessions": dataset.sessions,
        "events": dataset.events,
        "target_kind": dataset.target_kind,
        "roles": dataset.roles.as_dict(),
        "plan": dataset.plan.as_dict() if dataset.plan else None,
        "sources": [_reading(source) for source in sources],
        "problems": [
            {
                "code": p.code,
                "template": p.message.template,
                "params": dict(p.message.params),
                "rows": list(p.rows),
            }
            for p in dataset.problems
        ],
    }

    def fill(part: Path) -> None:
        dataset.frame.to_parquet(part / "frame.parquet", index=False)
        _write_sources(part, sources)
        _write_record(part / "dataset.json", record)

    new = _made(folder, fill)
    if not new and sources and not (kept := _read_record(folder) or {}).get("sources"):
        _write_sources(folder, sources)
        merged = {**kept, "plan": record["plan"], "sources": record["sources"]}
        write_atomic(folder / "dataset.json", lambda path: _write_record(path, merged))
        _load_frame.cache_clear()


def dataset_files(dataset_id: str) -> dict[str, bytes]:
    """Return the files of a dataset by name, as `put_dataset` takes them."""
    return {path.name: path.read_bytes() for path in sorted(_folder(dataset_id).iterdir())}


def put_dataset(dataset_id: str, files: Mapping[str, bytes], name: str) -> None:
    """Put a dataset into the library from its files, under a name; one that is there already stays as it is.

    Raises `KeyError` or `ValueError` where they are not a dataset's files, `UserError` where they cannot be written.
    """
    record = json.loads(files["dataset.json"]) | {"name": name, "created": time.time()}
    tables = ["frame.parquet", *(_source_file(number) for number, _ in enumerate(record["sources"]))]
    contents = {table: files[table] for table in tables}
    folder = _folder(_entry(record).id)
    if folder.name != dataset_id:
        raise ValueError(f"the files are of dataset {folder.name}, not of {dataset_id}")

    def fill(part: Path) -> None:
        for file, content in contents.items():
            (part / file).write_bytes(content)
        _write_record(part / "dataset.json", record)

    _made(folder, fill)


def load_dataset(dataset_id: str) -> Dataset:
    """Open a dataset of the library. The frame is shared between sessions: do not change it.

    Raises:
        UserError: where there is none of this id, or its files cannot be read.
    """
    folder = _folder(dataset_id)
    record = _read_record(folder)
    if record is None:
        raise UserError(
            N_("There is no dataset {id} in the library. It may have been deleted."), id=dataset_id
        )
    return replace(_load_frame(folder), name=record["name"])


def saved_plan(dataset_id: str) -> Plan | None:
    """Return the plan that a dataset was made by, without its table; None where it was not saved or was deleted."""
    plan = (_read_record(_folder(dataset_id)) or {}).get("plan")
    return Plan.from_dict(plan) if plan else None


def describe_sources(dataset_id: str) -> list[dict[str, Any]]:
    """Return how each file of a dataset was read (name, format, encoding, delimiter, sheet ...), without its cells."""
    return list((_read_record(_folder(dataset_id)) or {}).get("sources", []))


def load_sources(dataset_id: str) -> list[Source]:
    """Return the files that a dataset was made from; an empty list where they were not saved.

    Raises:
        UserError: where they cannot be read.
    """
    folder = _folder(dataset_id)
    sources = []
    for number, reading in enumerate(describe_sources(dataset_id)):
        try:
            frame = pd.read_parquet(folder / _source_file(number))
        except (OSError, ValueError) as error:
            raise _damaged(folder) from error
        name = reading.pop("name")
        sources.append(
            Source(name, RawTable(frame=frame, **reading | {"sheets": tuple(reading.get("sheets", ()))}))
        )
    return sources


def list_datasets() -> list[Entry]:
    """Return the datasets of the library, the newest first."""
    records = (_read_record(path) for path in settings().folder("datasets").glob("[0-9a-f]*"))
    entries = [_entry(record) for record in records if record]
    return sorted(entries, key=lambda entry: -entry.created)


def rename_dataset(dataset_id: str, name: str) -> None:
    """Give a dataset another name; its id stays.

    Raises:
        UserError: where there is no such dataset, or the name is empty.
    """
    folder = _folder(dataset_id)
    record = _read_record(folder)
    if record is None:
        raise UserError(
            N_("There is no dataset {id} in the library. It may have been deleted."), id=dataset_id
        )
    name = " ".join(name.split())[:120]
    if not name:
        raise UserError(N_("The name is empty. Give the dataset a name."))
    write_atomic(folder / "dataset.json", lambda path: _write_record(path, {**record, "name": name}))


def delete_dataset(dataset_id: str) -> None:
    """Remove a dataset from the library; vectors and runs made from it stay."""
    shutil.rmtree(_folder(dataset_id), ignore_errors=True)


def _folder(dataset_id: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{16}", dataset_id):
        raise UserError(
            N_("There is no dataset {id} in the library. It may have been deleted."), id=dataset_id
        )
    return settings().folder("datasets") / dataset_id


def _made(folder: Path, fill: Callable[[Path], object]) -> bool:
    """Make a dataset's folder where there is none, or a damaged one; return whether it was made."""
    if folder.is_dir() and _read_record(folder) is None:
        shutil.rmtree(folder)  # damaged: what it was made from is here again
    if folder.is_dir():
        return False
    folder_atomic(folder, fill)
    return True


def _write_record(path: Path, record: dict[str, Any]) -> None:
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")


def _read_record(folder: Path) -> dict[str, Any] | None:
    path = folder / "dataset.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _entry(record)
        return record
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        log.exception("the record of dataset %s cannot be read", folder.name)
        return None


def _write_sources(folder: Path, sources: Sequence[Source]) -> None:
    for number, source in enumerate(sources):
        source.table.frame.to_parquet(folder / _source_file(number), index=False)


def _source_file(number: int) -> str:
    return f"source-{number}.parquet"


def _damaged(folder: Path) -> UserError:
    return UserError(
        N_("The files of dataset {id} are damaged. Delete it and load the file again."), id=folder.name
    )


def _reading(source: Source) -> dict[str, Any]:
    return {"name": source.name} | {
        item.name: getattr(source.table, item.name) for item in fields(source.table) if item.name != "frame"
    }


def _roles(record: dict[str, Any]) -> Roles:
    return Roles(**{**record["roles"], "numeric": tuple(record["roles"]["numeric"])})


def _entry(record: dict[str, Any]) -> Entry:
    counts = ("id", "name", "created", "rows", "distinct_headlines", "sessions", "events", "target_kind")
    return Entry(**{key: record[key] for key in counts}, roles=_roles(record))


@lru_cache(maxsize=8)
def _load_frame(folder: Path) -> Dataset:
    record = _read_record(folder) or {}
    try:
        frame = pd.read_parquet(folder / "frame.parquet")
        frame = frame.astype(
            {"time": "datetime64[s]", "session": "datetime64[s]"}
        )  # Parquet keeps milliseconds
    except (OSError, ValueError) as error:
        raise _damaged(folder) from error
    plan = Plan.from_dict(record["plan"]) if record.get("plan") else None
    problems = tuple(
        Problem(p["code"], Message(p["template"], p["params"]), tuple(p["rows"])) for p in record["problems"]
    )
    return Dataset(record["id"], record["name"], _roles(record), frame, record["target_kind"], problems, plan)
