"""The command line, run in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.cli.main import main

ROOT = Path(__file__).parents[2]
SCORE = {"value", "low", "high"}


def in_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    """Run a command in this process; return its status, and what it printed, parsed where it went well."""
    status = main([*map(str, arguments), "--json"])
    out = capsys.readouterr().out
    return status, json.loads(out) if status == 0 else out


def start(*arguments: object, **environment: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own, its standard output and error in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "core.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment() | environment,
    )


def finish(*arguments: object, **environment: str) -> tuple[int, str, str]:
    """Run a command in a process of its own; return its status and what it printed on both ways out."""
    process = start(*arguments, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out.decode("utf-8"), err.decode("utf-8")


def _environment() -> dict[str, str]:
    """Return this environment with the working tree to import from, and without what a shell says of languages."""
    spoken = ("LANG", "LANGUAGE", "PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8", "HEADLINE_LAB_LANG")
    kept = {k: v for k, v in os.environ.items() if k not in spoken and not k.startswith("LC_")}
    return kept | {"PYTHONPATH": str(ROOT)}
