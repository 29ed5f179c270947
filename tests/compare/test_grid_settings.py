import pytest

from core.compare.grid import GridSettings
from core.errors import UserError
from core.train import TrainSettings
from core.train.settings import TABLE

BASE = TrainSettings()


def test_every_combination_is_a_run():
    grid = GridSettings(BASE, ("a", "b"), ("mean", "cls"), ("all", "headline"), seeds=(0, 1))
    assert len(grid.runs()) == 2 * 2 * 2 * 2
    assert len(set(grid.runs())) == 16


def test_the_table_alone_is_one_run_whatever_the_encoders_and_poolings():
    grid = GridSettings(BASE, ("a", "b"), ("mean", "cls", "max"), ("all", "table"), seeds=(0, 1))
    assert len([run for run in grid.runs() if run.features == TABLE]) == 2  # one of each seed
    assert len(grid.runs()) == 2 * 3 * 2 + 2


def test_what_is_named_twice_counts_once():
    once = GridSettings(BASE, ("a",), ("mean",), ("all",), ("rf",), (0,))
    assert GridSettings(BASE, ("a", "a"), ("mean", "mean"), ("all", "all"), ("rf", "rf"), (0, 0)) == once


def test_all_models_are_fitted_where_none_is_named():
    assert GridSettings(BASE, ("a",)).runs()[0].models == TrainSettings().models


def test_the_table_alone_needs_no_encoder():
    assert [run.encoder for run in GridSettings(BASE, (), (), ("table",)).runs()] == [""]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"encoders": ()}, "encoders"),
        ({"poolings": ()}, "poolings"),
        ({"features": ()}, "features"),
        ({"seeds": ()}, "seeds"),
        ({"poolings": ("middle",)}, "middle"),
        ({"features": ("press",)}, "press"),
        ({"models": ("svm",)}, "svm"),
        ({"seeds": (-1,)}, "-1"),
        ({"seeds": tuple(range(501))}, "501"),
        ({"base": TrainSettings(tune_seconds=60)}, "search"),
    ],
)
def test_what_cannot_be_is_refused_by_name(changes, named):
    with pytest.raises(UserError, match=named):
        GridSettings(**({"base": BASE, "encoders": ("a",)} | changes))


def test_a_grid_has_one_id_on_a_dataset():
    grid = GridSettings(BASE, ("a",), ("mean",))
    assert grid.id("d1") == GridSettings(BASE, ("a",), ("mean",)).id("d1")
    assert len({grid.id("d1"), grid.id("d2"), GridSettings(BASE, ("b",), ("mean",)).id("d1")}) == 3
