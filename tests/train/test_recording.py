import json
from dataclasses import replace
from uuid import uuid4

import pytest

from core.errors import UserError
from core.evaluate.ledger import accesses, is_sealed, seal
from core.evaluate.ledger_file import OPENED, SCORED, SEALED, entries, save_rows
from core.evaluate.ledger_rows import Rows
from core.train import recording
from core.train.models import forest
from core.train.recording import delete_recorded, train_and_record
from core.train.runs import delete_run, list_runs, load_run
from core.train.settings import TrainSettings
from tests.makers.train_tables import signal

pytestmark = pytest.mark.slow  # whole trainings, or whole pages

SEALED_RUN = TrainSettings(folds=1, sealed=True)
NORMAL = replace(SEALED_RUN, sealed=False)


@pytest.fixture(scope="module")
def data():
    dataset, vectors = signal(n=160, days=20)
    return dataset, vectors[:, :3].copy()


@pytest.fixture(scope="module")
def trained():
    """What was trained in this module, by the table's frame and the settings: the ledger is what is tested."""
    return {}


@pytest.fixture(autouse=True)
def quick(monkeypatch, home, trained):
    from core.train.context import TrainingContext

    monkeypatch.setattr(forest, "TREES", 25)
    slow = TrainingContext.baselines
    monkeypatch.setattr(
        TrainingContext, "baselines", lambda *given, quick=False: slow(*given[:4], quick=True)
    )
    train = recording.train

    def once(dataset, vectors, settings, *given):
        holdout_alone = len(given) > 3 and given[-1]
        known = trained.setdefault((id(dataset.frame), settings, holdout_alone), [dataset])
        if len(known) == 1:
            known.append(train(dataset, vectors, settings, *given))
        return replace(known[1], id=uuid4().hex[:16], dataset_id=dataset.id)

    monkeypatch.setattr(recording, "train", once)


def told(run):
    return " ".join(map(str, run.warnings))


def test_every_recorded_run_is_one_look(data):
    runs = [train_and_record(*data, TrainSettings(seed=seed)) for seed in (0, 1)]
    counted = accesses(data[0].id, runs[0].holdout)
    assert [(look.run_id, look.kind) for look in counted] == [(run.id, SCORED) for run in runs]
    assert counted[0].value == runs[0].scores["mean"]["auc"].value
    assert {run.id for run in list_runs()} == {run.id for run in runs}


def test_a_look_that_cannot_be_counted_shows_no_score(data, monkeypatch):
    def full(*args):
        raise UserError("The disk is full.")

    monkeypatch.setattr(recording.ledger, "record_access", full)
    with pytest.raises(UserError, match="full"):
        train_and_record(*data, TrainSettings())
    assert list_runs() == []


def test_a_deleted_run_still_counts(data):
    run = train_and_record(*data, TrainSettings())
    delete_run(run.id)
    assert len(accesses(data[0].id, run.holdout)) == 1


def test_a_sealed_holdout_is_neither_predicted_nor_looked_at(data):
    dataset, _ = data
    run = train_and_record(*data, SEALED_RUN)
    kept = load_run(run.id)
    assert accesses(dataset.id, run.holdout) == []
    assert is_sealed(dataset.id, run.holdout)
    days = dataset.frame["session"].iloc[kept.predictions.positions(dataset)]
    assert days.max().date().isoformat() < run.split.cut
    assert len(kept.predictions) == len(kept.predictions.table) > 0
    assert kept.scores == run.scores != {}
    assert kept.scores["mean"]["auc"] == run.walk.scores["mean"]["auc"]


def test_what_a_sealed_holdout_holds_changes_nothing_that_is_shown(data):
    dataset, vectors = data
    first = recording.train(dataset, vectors, SEALED_RUN)
    held = dataset.frame["session"] >= first.split.cut
    frame = dataset.frame.assign(target=dataset.frame["target"].where(~held, 1.0))  # all of one class
    other = recording.train(replace(dataset, frame=frame), vectors, SEALED_RUN)
    assert other.scores == first.scores
    assert other.lift == first.lift
    assert other.warnings == first.warnings


def test_a_normal_training_on_a_sealed_holdout_is_refused(data):
    run = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(*data, NORMAL)
    assert accesses(data[0].id, run.holdout) == []


@pytest.mark.parametrize("other", [{}, {"task": "regress"}, {"unit": "event"}], ids=str)
def test_another_seed_task_or_unit_is_refused_as_well(data, other):
    train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(*data, TrainSettings(seed=7, **other))


def test_a_sealed_holdout_may_be_opened_in_another_unit(data):
    sealed_run = train_and_record(*data, SEALED_RUN)
    run = train_and_record(*data, replace(NORMAL, unit="event"), open_sealed=True)
    assert run.holdout == sealed_run.holdout
    assert not is_sealed(data[0].id, run.holdout)


@pytest.mark.parametrize(
    "other",
    [
        {"test_share": 0.3},
        {"test_share": 0.1},
        {"split": "random"},
        {"test_share": 0.05, "folds": 2, "sealed": True},
    ],
    ids=["more", "less", "random", "walked over"],
)
def test_no_other_settings_score_a_sealed_row(data, other):
    run = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match=f"that run {run.id} sealed"):
        train_and_record(*data, TrainSettings(**other))
    with pytest.raises(UserError, match=f"that run {run.id} sealed"):
        train_and_record(*data, TrainSettings(**{**other, "sealed": False}), open_sealed=True)


def test_a_sealed_holdout_can_be_walked_up_to_again(data):
    first = train_and_record(*data, SEALED_RUN)
    again = train_and_record(*data, replace(SEALED_RUN, seed=5))
    assert first.holdout == again.holdout
    assert is_sealed(data[0].id, first.holdout)


def test_opening_works_once_and_is_logged(data):
    dataset, _ = data
    train_and_record(*data, SEALED_RUN)
    run = train_and_record(*data, NORMAL, open_sealed=True)
    assert "no longer sealed" not in told(run)
    assert not is_sealed(dataset.id, run.holdout)
    assert [entry.run_id for entry in accesses(dataset.id, run.holdout)] == [run.id]
    assert [entry.kind for entry in entries()] == [SEALED, OPENED]
    assert len(run.predictions.test) == run.split.test_rows


def test_an_opened_holdout_is_judged_alone_and_as_a_first_test(data):
    train_and_record(*data, SEALED_RUN)
    open_run = replace(SEALED_RUN, sealed=False)
    run = train_and_record(*data, open_run, open_sealed=True)
    assert run.walk is not None
    assert (run.evidence.looks, run.lift.looks) == (1, 1)
    assert run.lift.sessions == run.split.test_sessions
    again = train_and_record(*data, open_run)
    assert again.evidence.looks == 2
    assert again.lift.sessions > again.split.test_sessions


def test_a_second_look_is_told_who_was_first(data):
    train_and_record(*data, SEALED_RUN)
    first = train_and_record(*data, NORMAL, open_sealed=True)
    second = train_and_record(*data, NORMAL, open_sealed=True)
    assert f"run {first.id} tested on it first" in told(second)
    assert f"run {first.id} tested on it first" in told(load_run(second.id))
    assert len(accesses(data[0].id, first.holdout)) == 2


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({}, {"unit": "event"}),
        ({"test_share": 0.1}, {"test_share": 0.4}),
        ({"test_share": 0.4}, {"test_share": 0.1}),
        ({"test_share": 0.1, "folds": 2}, {"test_share": 0.2}),
        ({"test_share": 0.1, "folds": 2, "sealed": True}, {"test_share": 0.4}),
        ({"split": "random"}, {}),
    ],
    ids=["the same", "another unit", "more", "less", "walked over", "walked over to a seal", "at random"],
)
def test_a_holdout_with_a_row_that_was_scored_cannot_be_sealed(data, before, after):
    first = train_and_record(*data, TrainSettings(**before))
    if not first.settings.sealed:
        delete_run(first.id)
    with pytest.raises(
        UserError, match=f"have been scored before, first by run {first.id}|run {first.id} sealed"
    ):
        train_and_record(*data, replace(SEALED_RUN, **after))
    assert [entry.kind for entry in entries()] == [SEALED if first.settings.sealed else SCORED]


def fewer(dataset, **columns):
    """The same rows as another table: with one feature fewer, and other columns where given."""
    roles = replace(dataset.roles, numeric=("x",))
    frame = dataset.frame.drop(columns="feature.idle").assign(**columns)
    return replace(dataset, id="another-table", roles=roles, frame=frame)


def test_the_same_rows_with_one_feature_fewer_have_been_looked_at(data):
    dataset, vectors = data
    first = train_and_record(*data, TrainSettings())
    other = fewer(dataset)
    with pytest.raises(UserError, match=f"first by run {first.id}"):
        train_and_record(other, vectors, SEALED_RUN)
    second = train_and_record(other, vectors, TrainSettings())
    for table in (dataset, other):
        assert [entry.run_id for entry in accesses(table.id, first.holdout)] == [first.id, second.id]


@pytest.mark.parametrize("change", ["features", "target", "company"])
def test_a_seal_holds_in_every_version_of_the_table(data, change):
    dataset, vectors = data
    columns = {"target": -2 * dataset.frame["target"]} if change == "target" else {}
    if change == "company":
        columns = {"company": None}
    first = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(fewer(dataset, **columns), vectors, NORMAL)
    with pytest.raises(UserError, match=f"run {first.id} sealed"):
        train_and_record(fewer(dataset, **columns), vectors, TrainSettings(test_share=0.3))
    train_and_record(fewer(dataset, **columns), vectors, NORMAL, open_sealed=True)
    assert not is_sealed(dataset.id, first.holdout)


def test_a_seal_put_on_during_a_training_is_not_opened_by_it(data, monkeypatch):
    dataset, _ = data
    plain = recording.train

    def train(*given):
        made = plain(*given)
        held = Rows.of(dataset, made.predictions.test.positions(dataset))
        assert seal(dataset.id, "another-run", held, Rows.of(dataset, [0])) is None
        return made

    monkeypatch.setattr(recording, "train", train)
    with pytest.raises(UserError, match="Meanwhile run another-run has sealed rows"):
        train_and_record(*data, NORMAL)
    assert list_runs() == []
    (mine,) = [entry for entry in entries() if entry.kind == SEALED]
    assert is_sealed(dataset.id, mine.signature)
    assert accesses(dataset.id, mine.signature) == []


def test_an_opening_counts_each_row_of_its_walk_as_looked_at(data):
    dataset, _ = data
    train_and_record(*data, SEALED_RUN)
    run = train_and_record(*data, replace(NORMAL, folds=3), open_sealed=True)
    walked = run.predictions.where(run.predictions.fold == 1).positions(dataset)
    name = save_rows(Rows.of(dataset, walked))
    assert run.id in [entry.run_id for entry in accesses(dataset.id, name)]


def test_a_seal_of_an_earlier_version_is_known_by_its_run(data, home):
    """That version named a holdout in another way and kept no rows."""
    dataset, _ = data
    made = replace(recording.train(*data, SEALED_RUN), holdout="a" * 32)
    recording.save_run(made)
    (home / "ledger").mkdir()
    line = {"kind": SEALED, "run_id": made.id, "signature": "a" * 32, "time": "2026-11-22T10:00:00+00:00"}
    (home / "ledger" / f"{dataset.id}.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(UserError, match="This holdout is sealed"):
        train_and_record(*data, NORMAL)
    run = train_and_record(*data, NORMAL, open_sealed=True)
    assert not is_sealed(dataset.id, made.holdout)
    assert [entry.run_id for entry in accesses(dataset.id, made.holdout)] == [run.id]


def test_a_run_that_keeps_a_holdout_sealed_is_not_deleted_before_it_is_opened(data):
    run = train_and_record(*data, SEALED_RUN)
    with pytest.raises(UserError, match="keeps a holdout sealed"):
        delete_recorded(run.id)
    assert load_run(run.id).id == run.id
    train_and_record(*data, NORMAL, open_sealed=True)
    delete_recorded(run.id)
    assert run.id not in [kept.id for kept in list_runs(data[0].id)]


def test_to_seal_and_to_open_at_once_is_refused(data):
    with pytest.raises(UserError, match="either sealed or opened"):
        train_and_record(*data, SEALED_RUN, open_sealed=True)


def test_a_training_that_fails_is_no_look(data):
    dataset, vectors = data
    with pytest.raises(UserError):
        train_and_record(dataset, vectors, TrainSettings(folds=20))
    assert accesses(dataset.id) == []
