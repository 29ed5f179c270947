"""Paths and limits, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from core.errors import UserError
from core.locale import N_

MEGABYTE, GIGABYTE = 2**20, 2**30


@dataclass(frozen=True)
class Settings:
    """The workspace folder and the limits of this server; each has an environment variable `HEADLINE_LAB_…`.

    `home` (HOME, default `~/.headline-lab`, made with mode 0700) is the workspace. Of a file that is read:

    - `max_upload_bytes` (MAX_UPLOAD_MB, 500): its size;
    - `max_rows` (MAX_ROWS, 2,000,000) and `max_columns` (MAX_COLUMNS, 2,000): the size of its table;
    - `max_cell_characters` (MAX_CELL_CHARACTERS, 100,000): the longest cell; a file with a longer one is refused;
    - `max_unpacked_bytes` (MAX_UNPACKED_MB, 1,000): its size unpacked (XLSX), and its table's size as text;
    - `max_unpack_ratio` (MAX_UNPACK_RATIO, 200): how much larger than packed an XLSX file may be unpacked;
    - `parser_bytes` (PARSER_MEMORY_MB, 4,000) and `parser_seconds` (PARSER_SECONDS, 120): what the separate
      process may take that reads XLSX, Parquet and JSON.

    `cluster` (CLUSTER, none) is the address of a Dask scheduler, such as tcp://host:8786, whose workers run grids;
    without one workers on this machine do.
    `memory_bytes` (MEMORY_GB) is the memory that a training may take; 0, the default: what the machine has free. A
    table that does not fit trains in partitions.
    """

    home: Path
    max_upload_bytes: int = 500 * MEGABYTE
    max_rows: int = 2_000_000
    max_columns: int = 2_000
    max_cell_characters: int = 100_000
    max_unpacked_bytes: int = 1_000 * MEGABYTE
    max_unpack_ratio: int = 200
    parser_bytes: int = 4_000 * MEGABYTE
    parser_seconds: int = 120
    cluster: str = ""
    memory_bytes: int = 0

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings from the environment, so that a test or a service can set them per process."""
        home = os.environ.get("HEADLINE_LAB_HOME") or "~/.headline-lab"
        return cls(
            home=Path(home).expanduser().resolve(),
            max_upload_bytes=_limit("HEADLINE_LAB_MAX_UPLOAD_MB", 500) * MEGABYTE,
            max_rows=_limit("HEADLINE_LAB_MAX_ROWS", cls.max_rows),
            max_columns=_limit("HEADLINE_LAB_MAX_COLUMNS", cls.max_columns),
            max_cell_characters=_limit("HEADLINE_LAB_MAX_CELL_CHARACTERS", cls.max_cell_characters),
            max_unpacked_bytes=_limit("HEADLINE_LAB_MAX_UNPACKED_MB", 1_000) * MEGABYTE,
            max_unpack_ratio=_limit("HEADLINE_LAB_MAX_UNPACK_RATIO", cls.max_unpack_ratio),
            parser_bytes=_limit("HEADLINE_LAB_PARSER_MEMORY_MB", 4_000) * MEGABYTE,
            parser_seconds=_limit("HEADLINE_LAB_PARSER_SECONDS", cls.parser_seconds),
            cluster=os.environ.get("HEADLINE_LAB_CLUSTER") or "",
            memory_bytes=_limit("HEADLINE_LAB_MEMORY_GB", 0) * GIGABYTE,
        )

    def folder(self, *parts: str) -> Path:
        """Return a folder of the workspace, made with mode 0700 if it is not there."""
        return private_folder(self.home.joinpath(*parts))

    @cached_property
    def sample_data(self) -> Path:
        """The synthetic sample files that come with the project."""
        return Path(__file__).resolve().parents[1] / "sample_data"


def _limit(variable: str, default: int) -> int:
    value = os.environ.get(variable)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and 0 < len(value) < 16 and int(value)):
        raise UserError(
            N_("The environment variable {variable} is {value}; set it to a whole number above 0."),
            variable=variable,
            value=value,
        )
    return int(value)


def private_folder(path: Path) -> Path:
    """Return a folder, made with every missing parent for this user alone (mode 0700)."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
    return path


def settings() -> Settings:
    """Return this process's settings."""
    return Settings.from_environment()
