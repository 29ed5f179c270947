import ast
import re
import subprocess
import sys

import pytest

from tests.makers import import_graph
from tests.makers.import_graph import ROOT, circles, modules, rooms, sources, stages, third_party

BASE = {"arrays", "errors", "files", "jobs", "locale", "pace", "settings", "validation"}
DATA = BASE | {"data"}
LEARNED = DATA | {"embed", "evaluate", "train"}
MAY_IMPORT = {
    "data": BASE,
    "embed": DATA,
    "evaluate": DATA,
    "train": DATA | {"embed", "evaluate"},
    "maps": LEARNED,
    "explain": LEARNED | {"maps"},
    "predict": LEARNED | {"explain"},
    "tune": LEARNED | {"maps"},
    "compare": LEARNED | {"explain", "maps", "predict", "tune"},
    "serve": LEARNED | {"explain", "predict"},
    "cli": LEARNED | {"compare", "explain", "maps", "predict", "serve", "tune"},
    "ui": LEARNED | {"compare", "explain", "maps", "predict", "tune"},
}
LONGEST_MODULE, LONGEST_PAGE = 300, 60


def test_no_modules_import_each_other_in_a_circle():
    assert circles(modules()) == []


def test_no_rooms_of_a_package_import_each_other_in_a_circle():
    assert {package: circles(graph) for package, graph in rooms().items() if circles(graph)} == {}


def test_what_every_stage_leans_on_leans_on_no_stage():
    assert [stage for stage, imported in stages().items() if stage in BASE and imported - BASE] == []


def test_every_stage_has_its_place_in_the_order():
    assert set(stages()) - BASE - {"__init__"} == set(MAY_IMPORT)


def test_a_stage_leans_on_earlier_ones_only():
    found = stages()
    wrong = {stage: found[stage] - {"__init__"} - allowed for stage, allowed in MAY_IMPORT.items()}
    assert {stage: later for stage, later in wrong.items() if later} == {}


def test_a_circle_is_found_and_named():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [["b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_the_graph_sees_imports_in_functions_and_not_those_for_types(tmp_path, monkeypatch):
    file = tmp_path / "a.py"
    file.write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from core.train.run import Run\n"
        "def f():\n    from core.data.plan import Plan\n",
        encoding="utf-8",
    )
    known = sources() | {"core.maps.a": file}
    monkeypatch.setattr(import_graph, "sources", lambda: known)
    assert modules()["core.maps.a"] == {"core.data", "core.data.plan"}


def test_only_core_ui_imports_streamlit():
    outside = [name for name in sources() if not name.startswith("core.ui")]
    assert [name for name in outside if "streamlit" in third_party(name)] == []


def test_no_module_reads_pickles_or_runs_remote_code():
    forbidden = {"pickle", "joblib", "dill", "cloudpickle"}
    assert [name for name in sources() if third_party(name) & forbidden] == []
    assert [
        name
        for name, path in sources().items()
        if "trust_remote_code=True" in path.read_text(encoding="utf-8")
    ] == []


@pytest.mark.parametrize(
    "module",
    ["core.cli.main", "core.cli.train", "core.data.build", "core.train.pipeline", "core.embed", "core.maps"],
)
def test_a_module_does_not_pay_for_heavy_libraries_before_they_are_used(module):
    heavy = "torch", "transformers", "sklearn", "umap", "shap", "xgboost", "lightgbm", "openTSNE", "streamlit"
    code = f"import {module}, sys; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(("room", "may_import"), [("splits", set()), ("features", set()), ("models", set())])
def test_a_room_of_training_leans_on_what_lies_below_it(room, may_import):
    files = list((ROOT / "core/train" / room).glob("*.py"))
    imported = {
        node.module.removeprefix("core.train.").split(".")[0]
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("core.train")
    }
    assert files
    assert imported - {room, "settings"} <= may_import


def _lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_too_long():
    assert [(name, _lines(path)) for name, path in sources().items() if _lines(path) > LONGEST_MODULE] == []


def test_no_page_is_too_long():
    pages = [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))]
    assert [(path.name, _lines(path)) for path in pages if _lines(path) > LONGEST_PAGE] == []


def test_the_formatter_has_next_to_no_exceptions():
    files = [
        path for folder in ("core", "pages", "tests", "sample_data") for path in (ROOT / folder).rglob("*.py")
    ]
    marks = [
        path
        for path in files
        for _ in re.findall(r"# fmt: ?(?:skip|off)\b", path.read_text(encoding="utf-8"))
    ]
    assert len(marks) < 10


def test_ruff_finds_nothing():
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_type_checker_finds_nothing():
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
