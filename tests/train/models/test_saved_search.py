import pytest

from core.train import TrainSettings, pipeline
from core.train.models import forest
from core.train.models.saved_search import save_search, saved_search
from core.train.models.tuning import SearchCancelled, Tuned
from core.train.recording import train_and_record
from tests.makers.train_tables import signal

SETTINGS = TrainSettings(tune_seconds=60)
FOUND = (Tuned("rf", (("min_samples_leaf", 7.0),), 0.6, 0.55, 3, 1), Tuned("xgb"))
BEST = {"rf": {"min_samples_leaf": 7.0}}


def test_what_was_found_is_saved_whatever_the_time_given(home):
    save_search("a" * 16, SETTINGS.as_dict(), FOUND)
    assert saved_search("a" * 16, TrainSettings(tune_seconds=600).as_dict()) == BEST


@pytest.mark.parametrize("other", [{"test_share": 0.3}, {"embargo": 1}, {"encoder": "another"}])
def test_it_is_not_used_where_other_rows_or_vectors_are_learned_from(home, other):
    save_search("a" * 16, SETTINGS.as_dict(), FOUND)
    assert saved_search("a" * 16, TrainSettings(tune_seconds=60, **other).as_dict()) is None
    assert saved_search("b" * 16, SETTINGS.as_dict()) is None


def test_a_search_that_found_nothing_leaves_what_was_saved(home):
    save_search("a" * 16, SETTINGS.as_dict(), FOUND)
    save_search("a" * 16, SETTINGS.as_dict(), (Tuned("rf"),))
    assert saved_search("a" * 16, SETTINGS.as_dict()) == BEST


def test_a_damaged_file_begins_a_new_search(home):
    save_search("a" * 16, SETTINGS.as_dict(), FOUND)
    (saved,) = (home / "searches").iterdir()
    saved.write_bytes(b"{\xff")
    assert saved_search("a" * 16, SETTINGS.as_dict()) is None


@pytest.mark.slow
def test_a_training_begins_where_one_like_it_was_cancelled(home, monkeypatch):
    begun = []

    def tune_arms(sample, headline, seconds, report, begin):
        begun.append(begin)
        if len(begun) == 1:
            raise SearchCancelled(FOUND)
        return FOUND

    monkeypatch.setattr(pipeline, "tune_arms", tune_arms)
    monkeypatch.setattr(forest, "TREES", 25)
    dataset, vectors = signal()
    with pytest.raises(SearchCancelled):
        train_and_record(dataset, vectors, SETTINGS)
    run = train_and_record(dataset, vectors, SETTINGS)
    assert begun == [None, BEST]
    assert run.tuned == FOUND
