import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from core.cli.main import main
from core.data.dataset import FEATURE
from core.errors import Message
from core.train.runs import load_run
from tests.makers.small_grid import copied, table

KEYS = {"encoder", "pooling", "features", "model", "seed", "metric", "text_lift", "seconds", "run_id"}


@pytest.fixture
def file(finished_small_lab, tmp_path):
    """The small workspace's table as a file, in a workspace of the test's own."""
    with copied(finished_small_lab, tmp_path) as lab:
        frame = table(lab).frame
        path = tmp_path / "table.csv"
        frame[["headline", "press", "time", "target", f"{FEATURE}RSI"]].rename(
            columns={f"{FEATURE}RSI": "RSI"}
        ).to_csv(path, index=False)
        yield lab, path


@pytest.fixture
def judged(monkeypatch):
    """A board that finds the first run's first model the best."""

    def recommend(runs):
        first = SimpleNamespace(run=runs[0], model="lgbm")
        return SimpleNamespace(
            best=first, cheapest_equal=first, sentences=(Message("One."), Message("Two."), Message("Three."))
        )

    for name, function in (("leaderboard", lambda _data, runs: runs), ("recommendation", recommend)):
        module = ModuleType(f"core.compare.{name}")
        setattr(module, "recommend" if name == "recommendation" else name, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)


def test_the_grid_prints_its_cells_and_what_follows_from_them(file, judged, capsys):
    lab, path = file
    options = ["--encoders", lab.encoder, "--poolings", "mean,cls", "--features", "headline,table"]
    options += ["--models", "lgbm", "--seeds", "0", "--workers", "0", "--json"]
    assert main(["grid", str(path), *options]) == 0
    printed = capsys.readouterr()
    made = json.loads(printed.out)
    assert set(made) == {"cells", "best", "cheapest_equal", "recommendation", "seconds"}
    assert all(set(cell) == KEYS for cell in made["cells"])
    assert [(cell["pooling"], cell["features"]) for cell in made["cells"]] == [
        ("mean", "headline"),
        ("", "table"),
        ("cls", "headline"),
    ]
    first = made["cells"][0]
    score = load_run(first["run_id"]).scores["lgbm"]["auc"]
    assert first["metric"] == {"name": "auc"} | score.as_dict()
    assert made["best"] == made["cheapest_equal"] == first
    assert made["recommendation"] == "One. Two. Three."
    assert "New runs: 3" in printed.err or "새 실험 3개" in printed.err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--seeds", "0,one"], "0,one"),
        (["--poolings", "middle"], "middle"),
        (["--features", "press"], "press"),
        (["--cluster", "http://far"], "http://far"),
    ],
)
def test_what_cannot_be_is_one_sentence(file, capsys, options, named):
    lab, path = file
    assert main(["grid", str(path), "--encoders", lab.encoder, *options]) == 1
    assert named in capsys.readouterr().err
