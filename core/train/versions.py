"""The versions of what makes a run's numbers: with them, its settings and its seed it can be repeated."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "headline-lab",
    "numpy",
    "pandas",
    "scikit-learn",
    "xgboost",
    "lightgbm",
    "torch",
    "transformers",
    "tokenizers",
    "kiwipiepy",
)


def versions() -> dict[str, str]:
    """Return the version of Python and of each package that a run's numbers depend on, by name."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
