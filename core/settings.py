"""Paths and limits, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """The workspace folder and the limits of this server.

    `HEADLINE_LAB_HOME` names the workspace (default `~/.headline-lab`, made with mode 0700);
    `HEADLINE_LAB_MAX_UPLOAD_MB` the largest file that is read (default 500).
    """

    home: Path
    max_upload_bytes: int = 500 * 2**20

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the settings from the environment, so that a test or a service can set them per process."""
        home = os.environ.get("HEADLINE_LAB_HOME") or "~/.headline-lab"
        megabytes = int(os.environ.get("HEADLINE_LAB_MAX_UPLOAD_MB") or 500)
        return cls(Path(home).expanduser().resolve(), megabytes * 2**20)

    def folder(self, *parts: str) -> Path:
        """Return a folder of the workspace, made with mode 0700 if it is not there."""
        return private_folder(self.home.joinpath(*parts))

    @cached_property
    def sample_data(self) -> Path:
        """The synthetic sample files that come with the project."""
        return Path(__file__).resolve().parents[1] / "sample_data"


def private_folder(path: Path) -> Path:
    """Return a folder, made with every missing parent for this user alone (mode 0700)."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(exist_ok=True, mode=0o700)
    return path


def settings() -> Settings:
    """Return this process's settings."""
    return Settings.from_environment()
