"""Run every simulation and write its table into docs/honesty.md: `python -m tests.simulations [TOPIC ...]`.

Without topics all are run, which takes about twenty minutes on one core; with some, only their rows are printed.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time
from pathlib import Path

import tests.simulations
from tests.simulations.row import Row

PAGE = Path(__file__).parents[2] / "docs" / "honesty.md"
BEGIN, END = "<!-- table: python -m tests.simulations -->", "<!-- end of the table -->"
HEAD = "| world | what must hold | measured | tables, seeds |\n|---|---|---|---|"


def rows(topics: list[str]) -> list[tuple[str, Row]]:
    """Return the rows of these (or all) modules of simulations, with the module's name."""
    names = topics or sorted(module.name for module in pkgutil.iter_modules(tests.simulations.__path__))
    modules = {
        name: importlib.import_module(f"tests.simulations.{name}") for name in names if name != "__main__"
    }
    return [(name, row) for name, module in modules.items() for row in getattr(module, "ROWS", ())]


def main(topics: list[str]) -> None:
    """Print the rows as they are measured; write the page where all were."""
    lines = []
    for name, row in rows(topics):
        begun = time.perf_counter()
        lines.append(row.line())
        print(lines[-1], flush=True)
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    if topics:
        return
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    table = "\n".join([HEAD, *lines])
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
