from dataclasses import replace

import pytest

from core.compare.grid import GridSettings, run_grid
from core.data.library import load_dataset


@pytest.fixture
def data(own_lab):
    return load_dataset(own_lab.dataset)


@pytest.fixture
def own_lab(small_lab, tmp_path, monkeypatch):
    import shutil

    from core.train.models import forest

    home = shutil.copytree(small_lab.home, tmp_path / "home", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    monkeypatch.setattr(forest, "TREES", 25)
    return replace(small_lab, home=home)


def grid_of(lab, **changes):
    given = {"base": lab.settings, "encoders": (lab.encoder,), "models": ("xgb", "lgbm")} | changes
    return GridSettings(**given)


def test_the_grid_makes_a_cell_for_each_model_of_each_run(own_lab, data):
    settings = grid_of(own_lab, poolings=("mean", "cls"), features=("all", "table"))
    grid = run_grid(data, settings, workers=0)
    runs = {(c.encoder, c.pooling, c.features) for c in grid.cells}
    assert runs == {
        (own_lab.encoder, "mean", "all"),
        (own_lab.encoder, "cls", "all"),
        ("", "", "table"),
    }
    print(grid)
