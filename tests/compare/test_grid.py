import json
from dataclasses import replace

import numpy as np
import pytest

from core.compare.grid import cells_of, plan_grid, run_grid, running, saved_grid
from core.compare.grid.record import DONE, FAILED, REUSED, RUNNING, WAITING
from core.errors import UserError
from core.evaluate.ledger import accesses
from core.jobs import Cancelled
from core.train import train_and_record
from core.train.runs import delete_run, list_runs, load_run
from tests.makers.small_grid import copied, grid_of, table


@pytest.fixture
def lab(finished_small_lab, tmp_path):
    with copied(finished_small_lab, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def done(finished_small_lab, tmp_path_factory):
    """A grid of three runs that is done, with what was reported: lab, settings, grid, messages."""
    with copied(finished_small_lab, tmp_path_factory.mktemp("grid")) as lab:
        settings = grid_of(lab, poolings=("mean", "cls"), features=("all", "table"))
        told = []
        grid = run_grid(table(lab), settings, lambda f, t, /, **p: told.append((f, t)), workers=0)
        yield lab, settings, grid, told


@pytest.fixture
def no_workers(monkeypatch):
    def refused(*_given):
        raise AssertionError("workers were started")

    monkeypatch.setattr(running, "connected", refused)


def test_there_is_a_cell_for_each_model_of_each_run_and_for_what_combines_them(done):
    lab, _settings, grid, _told = done
    names = {(c.encoder, c.pooling, c.features): [] for c in grid.cells}
    for cell in grid.cells:
        names[cell.encoder, cell.pooling, cell.features].append(cell.model)
    assert names == {
        (lab.encoder, "mean", "all"): ["xgb", "lgbm", "mean", "fusion"],
        (lab.encoder, "cls", "all"): ["xgb", "lgbm", "mean", "fusion"],
        ("", "", "table"): ["xgb", "lgbm", "mean"],
    }


def test_a_run_of_a_grid_is_the_run_that_a_training_makes(done):
    lab, settings, grid, _told = done
    wanted = next(each for each in settings.runs() if each.pooling == "cls")
    own = next(load_run(run) for run in grid.made if load_run(run).settings == wanted)
    from core.embed import vectors_if_stored

    data = table(lab)
    other = train_and_record(data, vectors_if_stored(data.headlines, lab.encoder, "cls"), wanted)
    pd_own, pd_other = own.predictions.table, load_run(other.id).predictions.table
    delete_run(other.id)
    assert list(pd_own.columns) == list(pd_other.columns)
    for name in own.settings.models:
        assert np.array_equal(own.predictions[name], other.predictions[name])
    numbers = pd_own.select_dtypes("number").columns
    np.testing.assert_allclose(pd_own[numbers], pd_other[numbers], atol=1e-9)
    assert own.sizes == other.sizes
    assert own.scores["xgb"] == other.scores["xgb"]


def test_the_cells_are_counted_as_tests(done):
    lab, _settings, grid, _told = done
    own = [access for access in accesses(lab.dataset) if access.run_id in grid.made]
    assert sorted(access.tests for access in own) == [3, 4, 4]


def test_each_run_is_judged_as_one_of_the_whole_grid(done):
    _lab, _settings, grid, _told = done
    assert [load_run(run).looks for run in grid.made] == [1 + 11] * 3  # one was there before


def test_the_fraction_that_is_told_never_falls(done):
    fractions = [fraction for fraction, _template in done[3]]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_the_workspace_knows_how_far_the_grid_came(done):
    lab, settings, grid, _told = done
    found = saved_grid(lab.dataset)
    assert (found.id, found.settings) == (settings.id(lab.dataset), settings)
    assert {step.state for step in found.steps} == {DONE}
    assert tuple(step.run for step in found.steps) == grid.made
    assert found.unfinished == 0


def test_what_was_run_is_not_run_again(done, no_workers):
    lab, settings, grid, _told = done
    again = run_grid(table(lab), settings, workers=0)
    assert again.cells == grid.cells
    assert (again.made, set(again.reused)) == ((), set(grid.made))


def test_a_plan_says_what_is_new_and_what_it_costs(done):
    lab, settings, _grid, _told = done
    more = replace(settings, seeds=(0, 1), encoders=(lab.encoder, "klue/roberta-base"))
    plan = plan_grid(table(lab), more)
    assert len(plan.known) == 3
    assert plan.cost.runs == len(more.runs()) - 3
    assert plan.cost.headlines == {lab.encoder: 0, "klue/roberta-base": 60}
    assert (
        plan.cost.tests == 2 * 4 + 4 * 4 + 3
    )  # seed 1 of the one, both seeds of the other, and the table's seed 1
    assert plan.cost.seconds > 0
    assert "60" in str(plan.cost.sentence)
    assert plan_grid(table(lab), settings).cost.sentence != plan.cost.sentence


@pytest.mark.slow
def test_a_deleted_run_alone_is_made_again(lab):
    settings = grid_of(lab, features=("table",), seeds=(0, 1))
    first = run_grid(table(lab), settings, workers=0)
    delete_run(first.made[0])
    again = run_grid(table(lab), settings, workers=0)
    assert len(again.made) == 1
    assert again.reused == (first.made[1],)
    assert [replace(c, run_id="", seconds=0) for c in again.cells] == [
        replace(c, run_id="", seconds=0) for c in first.cells
    ]


@pytest.mark.slow
def test_a_grid_that_is_cancelled_keeps_what_is_done_and_goes_on_from_there(lab):
    settings = grid_of(lab, features=("table",), seeds=(0, 1, 2))

    def report(_fraction, _template, /, **params):
        if params.get("done"):
            raise Cancelled

    with pytest.raises(Cancelled):
        run_grid(table(lab), settings, report, workers=0)
    found = saved_grid(lab.dataset)
    finished = [step.run for step in found.steps if step.state == DONE]
    assert finished
    assert {step.state for step in found.steps} <= {DONE, WAITING}
    grid = run_grid(table(lab), settings, workers=0)
    assert set(grid.reused) == set(finished)
    assert len(grid.made) == found.unfinished == 3 - len(finished)
    states = [step.state for step in saved_grid(lab.dataset).steps]
    assert states.count(REUSED) == len(finished)


def test_a_run_that_fails_does_not_stop_the_others(lab, tmp_path):
    gone = str(tmp_path / "gone")
    settings = grid_of(lab, encoders=(gone, lab.encoder), features=("headline", "table"))
    grid = run_grid(table(lab), settings, workers=0)
    assert [failure.settings.encoder for failure in grid.failures] == [gone]
    assert {cell.encoder for cell in grid.cells} == {lab.encoder, ""}
    failed = [step for step in saved_grid(lab.dataset).steps if step.state == FAILED]
    assert [str(step.reason) for step in failed] == [str(grid.failures[0].reason)]


def test_a_grid_of_which_every_run_fails_says_why(lab, tmp_path):
    settings = grid_of(lab, encoders=(str(tmp_path / "gone"),))
    with pytest.raises(UserError, match="gone"):
        run_grid(table(lab), settings, workers=0)


def test_vectors_that_the_store_lacks_are_made_by_the_workers_and_kept(lab):
    import shutil

    from core.embed import POOLINGS, vectors_if_stored

    texts = table(lab).headlines
    before = {pooling: vectors_if_stored(texts, lab.encoder, pooling) for pooling in POOLINGS}
    shutil.rmtree(lab.home / "vectors")
    settings = grid_of(lab, features=("headline",), models=("lgbm",))
    assert plan_grid(table(lab), settings).cost.headlines == {lab.encoder: 60}
    run_grid(table(lab), settings, workers=0)
    for pooling, vectors in before.items():
        np.testing.assert_allclose(vectors_if_stored(texts, lab.encoder, pooling), vectors, atol=1e-6)


@pytest.mark.slow
def test_a_sealed_row_is_refused_before_anything_begins(lab, no_workers):
    from core.embed import vectors_if_stored

    data = table(lab)
    vectors = vectors_if_stored(data.headlines, lab.encoder, "mean")
    for access in list_runs(lab.dataset):
        delete_run(access.id)
    (lab.home / "ledger" / "looks.jsonl").unlink()
    sealed = train_and_record(data, vectors, replace(lab.settings, folds=1, sealed=True))
    with pytest.raises(UserError, match="sealed"):
        run_grid(data, grid_of(lab), workers=0)
    assert [run.id for run in list_runs(lab.dataset)] == [sealed.id]


@pytest.mark.slow
def test_a_sealed_grid_tests_its_walk_forward_alone(lab):
    for run in list_runs(lab.dataset):
        delete_run(run.id)
    (lab.home / "ledger" / "looks.jsonl").unlink()
    base = replace(lab.settings, folds=1, sealed=True)
    grid = run_grid(table(lab), grid_of(lab, base=base, features=("table",), seeds=(0, 1)), workers=0)
    runs = [load_run(run) for run in grid.made]
    assert all(run.scored_by_walk and len(run.predictions.holdout) == 0 for run in runs)
    assert [access.tests for access in accesses(lab.dataset)] == [3, 3]


def test_a_record_that_cannot_be_read_counts_as_none(lab):
    folder = lab.home / "grids"
    folder.mkdir()
    (folder / "0123456789abcdef.json").write_text("{", encoding="utf-8")
    fields = {"dataset": lab.dataset, "settings": {"base": {"split": "by moon"}}, "steps": []}
    (folder / "0123456789abcdee.json").write_text(json.dumps(fields), encoding="utf-8")
    assert saved_grid(lab.dataset) is None


def test_cells_of_a_run_with_one_model_are_that_model_alone(lab):
    grid = run_grid(table(lab), grid_of(lab, features=("headline",), models=("lgbm",)), workers=0)
    assert [cell.model for cell in grid.cells] == ["lgbm"]
    assert cells_of(load_run(grid.made[0])) == grid.cells
    assert RUNNING not in {step.state for step in saved_grid(lab.dataset).steps}
