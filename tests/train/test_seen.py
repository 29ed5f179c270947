"""A run whose encoder was tuned on what it tests on says so, has no verdict, and seals nothing."""

import pandas as pd
import pytest

from core.embed.seen import Seen
from core.errors import UserError
from core.evaluate.ledger import accesses
from core.train.models import forest
from core.train.pipeline import train
from core.train.recording import train_and_record
from core.train.run_record import from_record, to_record
from core.train.seen import seen_tests
from core.train.settings import TrainSettings
from core.train.splits.plan import plan_splits
from tests.makers.train_tables import signal

ENCODER = "tuned:mine"
DAYS = 40


@pytest.fixture(scope="module")
def data():
    return signal(n=400, days=DAYS, noise=0.1)


@pytest.fixture
def saw(home, monkeypatch):
    """Let the encoder have seen the days from one to another."""
    monkeypatch.setattr(forest, "TREES", 25)
    folder = home / "encoders" / "tuned" / "mine"

    def write(first, last, texts=()):
        folder.mkdir(parents=True, exist_ok=True)
        Seen.of(texts, pd.date_range("2024-01-01", periods=DAYS)[first:last]).save(folder)

    yield write
    for file in folder.glob("*"):
        file.unlink()
    folder.rmdir()


def counted(data, **settings):
    chosen = TrainSettings(encoder=ENCODER, **settings)
    return seen_tests(plan_splits(data[0], chosen), chosen)


def test_sessions_before_the_test_are_no_test(data, saw):
    saw(0, 32)
    assert counted(data) is None
    saw(0, 33)
    assert counted(data).holdout > 0


def test_a_text_of_the_test_was_seen_though_its_session_was_not(data, saw):
    saw(0, 0, [data[0].headlines[-1]])
    assert counted(data).holdout == 1


def test_another_encoder_saw_nothing_and_the_table_alone_needs_none(data, saw):
    saw(0, DAYS)
    plan = plan_splits(data[0], TrainSettings())
    assert seen_tests(plan, TrainSettings()) is None
    assert seen_tests(plan, TrainSettings(encoder=ENCODER), vectors=False) is None


@pytest.mark.slow
def test_a_run_on_a_seen_holdout_warns_and_has_no_verdict_also_once_saved(data, saw):
    clean = train(*data, TrainSettings(encoder=ENCODER))
    assert clean.lift.verdict == "helps"
    saw(0, DAYS)
    run = train(*data, TrainSettings(encoder=ENCODER))
    assert run.warnings[0].code == "encoder_saw_test"
    assert run.lift.verdict == "none"
    assert "was fine-tuned on" in run.withheld
    assert not run.believable
    again = from_record(to_record(run), run.parts)
    assert again.withheld == run.withheld
    assert again.lift.verdict == "none"


@pytest.mark.slow
def test_where_only_the_walk_was_seen_the_reason_names_the_clean_test(data, saw):
    saw(0, 31)
    run = train(*data, TrainSettings(encoder=ENCODER, folds=2))
    assert "folds 0" in run.withheld
    assert "0 of" in str(run.warnings[0])
    again = train(*data, TrainSettings(encoder=ENCODER, folds=0))
    assert not again.withheld
    assert again.lift.verdict == "helps"


def test_no_holdout_is_sealed_for_an_encoder_that_saw_what_is_tested(data, saw):
    saw(0, 31)
    with pytest.raises(UserError, match="No holdout is sealed"):
        train_and_record(*data, TrainSettings(encoder=ENCODER, folds=2, sealed=True))
    assert accesses(data[0].id) == []
