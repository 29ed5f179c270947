import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "core").rglob("*.py"))


def _imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_only_core_ui_imports_streamlit():
    outside = [path for path in MODULES if "ui" not in path.relative_to(ROOT / "core").parts[:1]]
    assert [str(path) for path in outside if "streamlit" in _imports(path)] == []


def test_no_module_reads_pickles_or_runs_remote_code():
    forbidden = {"pickle", "joblib", "dill", "cloudpickle"}
    assert [str(path) for path in MODULES if _imports(path) & forbidden] == []
    assert [
        str(path) for path in MODULES if "trust_remote_code=True" in path.read_text(encoding="utf-8")
    ] == []


@pytest.mark.parametrize(
    "module", ["core.cli.main", "core.data.build", "core.train.pipeline", "core.embed", "core.maps"]
)
def test_a_module_does_not_pay_for_heavy_libraries_before_they_are_used(module):
    heavy = "torch", "transformers", "sklearn", "umap", "shap", "xgboost", "lightgbm", "openTSNE", "streamlit"
    code = f"import {module}, sys; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("room", "may_import"),
    [("splits", set()), ("features", set()), ("scores", set()), ("models", {"scores"})],
)
def test_a_room_of_training_leans_on_what_lies_below_it(room, may_import):
    imported = {
        node.module.removeprefix("core.train.").split(".")[0]
        for path in (ROOT / "core/train" / room).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("core.train")
    }
    assert imported - {room, "settings"} <= may_import


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
