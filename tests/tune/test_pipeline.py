"""A tuning as a whole: from a table to an encoder of the catalog with its verdict."""

import numpy as np
import pandas as pd
import pytest

from core.data.ingest import File, ingest
from core.data.library import save_dataset
from core.embed import embed, resolve
from core.errors import UserError
from core.evaluate import ledger
from core.evaluate.ledger_rows import Rows
from core.jobs import Cancelled
from core.settings import settings as workspace
from core.train.models import forest
from core.tune import pipeline
from core.tune.judge.geometry import Geometry
from core.tune.pipeline import GEOMETRY, Source, history_of, stop_and_keep, tune, tuning_folder
from core.tune.record import tuned_home
from core.tune.settings import TuneSettings
from core.tune.tuned import list_tuned, load_part, load_tuned
from tests.makers.tunings import COMMON, WORDS, encoder


@pytest.fixture(autouse=True)
def _quick(tmp_path, monkeypatch):
    """A workspace that shares no encoders, quick forests, and no baselines, which have tests of their own."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))
    monkeypatch.setattr(forest, "TREES", 10)
    monkeypatch.setattr(pipeline, "baselines", lambda *_given: {})


@pytest.fixture
def tiny(tmp_path):
    return str(encoder(tmp_path / "tiny"))


def _table(dated=False, rows=90):
    labels = np.arange(rows) % 3
    names = np.array(["부정", "중립", "긍정"]) if not dated else np.array(["패", "승", "승"])
    table = pd.DataFrame(
        {
            "제목": [
                f"{COMMON[k % 6]} {WORDS[c][k % 2]} {k}번째 소식 {k * 37 % 101}" for k, c in enumerate(labels)
            ],
            "라벨": names[labels],
        }
    )
    if dated:
        days = pd.bdate_range("2024-03-04", periods=rows // 3)
        table["날짜"] = np.repeat(days.strftime("%Y-%m-%d"), 3)
    made = ingest([File("글.csv", table.to_csv(index=False).encode())])
    save_dataset(made.dataset, made.sources)
    return made.dataset


def _words(drawn):
    """Return a text of random syllables, so that no two are nearly the same."""
    return " ".join("".join(map(chr, drawn.integers(0xAC00, 0xD7A4, 3))) for _ in range(5))


def _settings(tiny, **changes):
    small = {"epochs": 2, "batch_size": 16, "learning_rate": 1e-3, "max_length": 24, "patience": 0}
    return TuneSettings(encoder=tiny, **(small | changes))


@pytest.mark.slow
def test_a_tuned_encoder_is_in_the_catalog_with_its_record_and_embeds(tiny):
    tuned = tune(Source(dataset=_table()), _settings(tiny), name="mine")
    assert list_tuned()[0] == load_tuned("tuned:mine") == tuned
    assert set(tuned.judged.after) >= {"accuracy", "f1", "cosine_gap", "mean_cosine"}
    assert tuned.data.train + tuned.data.valid + tuned.data.test == 90
    assert Geometry.from_dict(load_part(tuned.id, GEOMETRY)).texts == tuned.data.test
    assert resolve("tuned:mine").available
    assert embed(["삼성전자 급락"], "tuned:mine").vectors.shape == (1, resolve(tiny).dim)


@pytest.mark.slow
def test_the_curves_and_the_checkpoint_are_removed_once_the_encoder_is_saved(tiny):
    tune(Source(dataset=_table()), _settings(tiny))
    assert list(workspace().folder("tunings").iterdir()) == []


@pytest.mark.slow
def test_a_tuning_that_was_cut_off_goes_on_and_ends_alike(tiny, monkeypatch):
    monkeypatch.setattr("core.tune.training.fit.REPORT_EVERY", 0.0)
    source, settings = Source(dataset=_table()), _settings(tiny)
    whole = tune(source, settings, name="whole")

    def cut(_fraction, template, /, **params):
        if params.get("epoch") == 2 and params.get("step"):
            raise Cancelled

    with pytest.raises(Cancelled):
        tune(source, settings, cut, name="cut")
    examples, _parts = source.split(settings)
    folder = tuning_folder(examples, settings.resolved(resolve(tiny)))
    assert len(history_of(folder).points) == 1
    again = tune(source, settings, name="cut")
    assert again.history.losses == whole.history.losses
    assert again.judged.after == whole.judged.after


@pytest.mark.slow
def test_stop_and_keep_ends_after_the_step_and_saves_the_best(tiny, monkeypatch):
    monkeypatch.setattr("core.tune.training.fit.REPORT_EVERY", 0.0)
    source, settings = Source(dataset=_table()), _settings(tiny, epochs=50)
    examples, _parts = source.split(settings)
    folder = tuning_folder(examples, settings.resolved(resolve(tiny)))

    def ask(_fraction, _template, /, **params):
        if params.get("step") == 1:
            stop_and_keep(folder)

    tuned = tune(source, settings, ask)
    assert tuned.history.stopped == "asked"
    assert len(tuned.history.losses) == 2
    assert resolve(tuned.id).available


def test_a_name_that_is_taken_is_said_before_the_training(tiny, monkeypatch):
    (tuned_home() / "mine").mkdir(parents=True)
    monkeypatch.setattr(pipeline, "fit", None)
    with pytest.raises(UserError, match="already"):
        tune(Source(dataset=_table()), _settings(tiny), name="mine")


@pytest.mark.slow
def test_a_test_of_outcomes_is_counted_in_the_ledger_and_one_of_sentiment_is_not(tiny):
    dated, plain = _table(dated=True), _table()
    tuned = tune(Source(dataset=dated), _settings(tiny))
    tune(Source(dataset=plain), _settings(tiny))
    assert [access.run_id for access in ledger.accesses(dated.id)] == [tuned.id]
    assert ledger.accesses(plain.id) == []


@pytest.mark.slow
def test_rows_of_a_sealed_holdout_neither_teach_nor_test(tiny):
    dated = _table(dated=True)
    last = Rows.of(dated, np.arange(len(dated) - 6, len(dated)))
    ledger.seal(dated.id, "run", last, last.take(np.arange(0)))
    data = tune(Source(dataset=dated), _settings(tiny)).data
    assert data.train + data.valid + data.test + data.left_out == len(dated) - 6


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["cosine", "cosent"])
def test_pairs_with_scores_are_judged_by_correlation(tiny, loss):
    drawn = np.random.default_rng(0)
    one, other = ([_words(drawn) for _ in range(60)] for _ in range(2))
    frame = pd.DataFrame(
        {"sentence1": one, "sentence2": other, "score": drawn.integers(0, 6, 60).astype(str)}
    )
    tuned = tune(Source(pairs=frame, name="쌍.tsv"), _settings(tiny, method="pairs", loss=loss))
    assert {"pearson", "spearman"} <= set(tuned.judged.after)
    assert tuned.data.pairs


@pytest.mark.slow
def test_triplets_are_judged_on_the_test_by_their_cosines(tiny):
    tuned = tune(Source(dataset=_table()), _settings(tiny, method="triplet"))
    assert tuned.judged.metric == "cosine_gap"


def test_pairs_without_a_table_of_pairs_are_said_to_need_one(tiny):
    with pytest.raises(UserError, match="pairs"):
        tune(Source(dataset=_table()), _settings(tiny, method="pairs"))


@pytest.mark.slow
def test_a_learning_curve_is_added_to_the_record(tiny):
    source = Source(dataset=_table())
    tuned = tune(source, _settings(tiny, epochs=1))
    points = pipeline.add_learning_curve(source, tuned.id, [0.5, 1.0], [1, 2])
    assert ledger.accesses(source.dataset.id) == []  # sentiment tells no outcome
    assert [point.texts for point in points] == [tuned.data.train // 2, tuned.data.train]
    assert load_part(tuned.id, pipeline.CURVE) == [point.as_dict() for point in points]


@pytest.mark.slow
def test_each_training_of_a_learning_curve_of_outcomes_is_a_test(tiny):
    source = Source(dataset=_table(dated=True))
    tuned = tune(source, _settings(tiny, epochs=1))
    pipeline.add_learning_curve(source, tuned.id, [0.5, 1.0], [1, 2])
    assert [access.tests for access in ledger.accesses(source.dataset.id)] == [1, 4]


@pytest.mark.slow
def test_the_test_is_counted_before_a_score_is_saved(tiny, monkeypatch):
    dated = _table(dated=True)
    monkeypatch.setattr(pipeline, "save_tuned", None)
    with pytest.raises(TypeError):
        tune(Source(dataset=dated), _settings(tiny, epochs=1))
    assert len(ledger.accesses(dated.id)) == 1
    assert list_tuned() == []


@pytest.mark.slow
def test_the_record_says_what_was_left_out_and_what_was_not_trained(tiny):
    tuned = tune(Source(dataset=_table()), _settings(tiny, epochs=1, freeze_layers=1), name="mine")
    assert "The lowest layer is frozen." in map(str, tuned.notes)
    assert load_tuned("tuned:mine").notes == tuned.notes


@pytest.mark.slow
def test_vectors_of_the_encoder_as_it_was_that_are_stored_are_not_made_again(tiny, monkeypatch):
    data = _table()
    embed(data.headlines, tiny)
    monkeypatch.setattr("core.embed.pipeline.load_encoder", None)
    assert tune(Source(dataset=data), _settings(tiny, epochs=1)).judged.before["accuracy"].value > 0
