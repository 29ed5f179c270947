"""From a dataset through a training to a folder: what taught the encoder is recorded, and found by a later run."""

import numpy as np
import pytest

from core.embed.seen import seen_by, seen_of
from core.errors import UserError
from core.train.models import forest
from core.train.pipeline import train
from core.train.settings import TrainSettings
from core.tune.examples import Parts
from core.tune.parts import split
from core.tune.seen import seen_of_training
from core.tune.settings import TuneSettings
from core.tune.sources import examples_of
from core.tune.training.fit import fit
from core.tune.tuned import save_tuned
from tests.makers.train_tables import signal
from tests.makers.tuned_encoders import record
from tests.makers.tunings import encoder, model

SETTINGS = TrainSettings(encoder="tuned:mine")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setattr(forest, "TREES", 25)
    return tmp_path


@pytest.fixture
def tune(lab):
    """Tune a tiny encoder on a dataset and save it; return the examples and the parts."""

    def tuned(dataset, name="mine", base=None, **changes):
        base = base or str(encoder(lab / "tiny"))
        settings = TuneSettings(encoder=base, epochs=1, batch_size=64, max_length=16, **changes)
        examples, parts = split(examples_of(dataset, settings), settings)
        made = model(settings) if len(examples.classes) == 3 else _binary(settings, examples.classes)
        fit(made, examples, parts, settings)
        save_tuned(made.save, record(name), seen_of_training(examples, parts, base))
        return examples, parts

    return tuned


def _binary(settings, classes):
    from core.embed.catalog import resolve
    from core.tune.training.model import Trainable

    return Trainable.load(resolve(settings.encoder), settings, classes, "cpu")


@pytest.mark.slow
def test_the_texts_and_sessions_of_a_training_are_recorded_and_found(tune):
    dataset, _vectors = signal(n=200, days=40)
    examples, parts = tune(dataset)
    learned = examples.rows[np.concatenate([parts.train, parts.valid])]
    assert seen_by("tuned:mine", dataset, learned).all()
    assert not seen_by("tuned:mine", dataset, examples.rows[parts.test]).any()
    days = dataset.frame["session"].iloc[learned].unique()
    assert seen_of("tuned:mine").sessions.tolist() == sorted(day.date() for day in days)


@pytest.mark.slow
def test_a_later_run_on_the_last_fifth_is_clean_and_one_that_tests_more_is_not(tune):
    dataset, vectors = signal(n=400, days=40, noise=0.1)
    tune(dataset)
    clean = train(dataset, vectors, SETTINGS)
    assert not clean.withheld
    assert "encoder_saw_test" not in [warning.code for warning in clean.warnings]
    wider = TrainSettings(encoder="tuned:mine", test_share=0.4)
    run = train(dataset, vectors, wider)
    assert run.withheld
    assert run.warnings[0].code == "encoder_saw_test"
    with pytest.raises(UserError, match="No holdout is sealed"):
        train(dataset, vectors, TrainSettings(encoder="tuned:mine", folds=2, sealed=True))


@pytest.mark.slow
def test_an_encoder_tuned_again_remembers_what_it_saw_first(tune):
    first, _vectors = signal(n=200, days=40)
    examples, parts = tune(first)
    second = type(first)(
        "other",
        "other.csv",
        first.roles,
        first.frame.assign(
            headline=[f"다른 제목 {i}" for i in range(len(first))],
            session=first.frame["session"] + np.timedelta64(900, "D"),
        ),
        first.target_kind,
    )
    tune(second, "twice", base="tuned:mine")
    learned = examples.rows[parts.train]
    assert seen_by("tuned:twice", first, learned).all()
    assert seen_by("tuned:twice", second, np.arange(40)).all()


def test_pairs_record_both_sentences(lab):
    from core.tune.settings import PAIRS
    from core.tune.sources import pair_examples
    from tests.tune.test_sources import pairs

    examples = pair_examples(pairs(np.linspace(0, 5, 30)), None, TuneSettings(method=PAIRS))
    seen = seen_of_training(examples, Parts(np.arange(10), np.arange(10, 12), np.arange(12, 30)), "")
    assert seen.has_text(["첫 문장 3", "둘째 문장 11", "첫 문장 20"]).tolist() == [True, True, False]
