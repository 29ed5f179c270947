"""The whole way, on tables of which it is known whether the headlines say anything: slow, with fixed seeds.

The vectors are those of a small encoder made for these tests, the leading singular vectors of TF-IDF of character
n-grams (latent semantic analysis: Deerwester et al., 1990): it reads wording, takes a second, and needs no weights.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.data.dataset import FEATURE
from core.data.ingest import File, ingest
from core.evaluate.predictions import MEAN
from core.train.context import TrainingContext
from core.train.features.inputs import Inputs
from core.train.models import forest
from core.train.models.baselines import BASELINES
from core.train.pipeline import train
from core.train.settings import TrainSettings
from core.train.splits.split import make_split
from tests.makers.explained import explain_rows
from tests.makers.worlds import first_always
from tests.simulations.overlap import World
from tests.simulations.training import said

pytestmark = pytest.mark.slow

SAMPLE = Path(__file__).parents[1] / "sample_data" / "headlines.csv"
PLANTED = "거래량비율"
SEEDS = range(20)


def vectors_of(headlines, dim=48):
    """Return `(rows, dim)` float32."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    tfidf = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), max_features=20_000, sublinear_tf=True)
    made = TruncatedSVD(dim, random_state=0).fit_transform(tfidf.fit_transform(headlines))
    return made.astype(np.float32)


@pytest.fixture(scope="module")
def sample():
    dataset = ingest([File(SAMPLE.name, SAMPLE.read_bytes())]).dataset
    return dataset, vectors_of(dataset.headlines)


@pytest.fixture(scope="module")
def first_half_year(sample):
    dataset, vectors = sample
    kept = np.arange(1600)
    return replace(dataset, frame=dataset.frame.iloc[kept].reset_index(drop=True)), vectors[kept, :16]


@pytest.fixture(scope="module", autouse=True)
def small_models():
    """Fewer trees, and of the baselines only those that the lift is measured against."""

    real = TrainingContext.baselines

    def guess(task, report):
        return BASELINES["majority" if task.sample.classes else "average"].predict(task, report)

    def quick(self, learned, test, report, quick=False):
        return real(self, learned, test, report, quick=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forest, "TREES", 30)
        patch.setattr(TrainingContext, "baselines", quick)
        for key in ("tfidf_linear", "outlet_only"):
            patch.setitem(BASELINES, key, replace(BASELINES[key], predict=guess))
        yield


def shuffled_by_session(dataset, seed):
    """Return the dataset with the outcomes of whole sessions dealt to other sessions.

    The sessions' blocks of event outcomes are laid one after another in a random order and read off by the events
    in their own: the rows of an event still share an outcome, and the events of a day still move together.
    """
    event = dataset.event
    first = np.unique(event, return_index=True)[1]  # the first row of each event
    outcome, session = (dataset.frame[name].to_numpy()[first] for name in ("target", "session"))
    events = np.argsort(session, kind="stable")
    days = np.random.default_rng(seed).permutation(np.unique(session))
    dealt = np.concatenate([events[session[events] == day] for day in days])
    shuffled = np.empty_like(outcome)
    shuffled[events] = outcome[dealt]
    return replace(dataset, frame=dataset.frame.assign(target=shuffled[event]))


@pytest.mark.parametrize("folds", first_always([0, 2]))
def test_with_outcomes_shuffled_by_session_at_most_one_of_twenty_claims_a_lift(first_half_year, folds):
    dataset, vectors = first_half_year
    verdicts = []
    for seed in SEEDS:
        settings = TrainSettings(folds=folds, seed=seed)
        verdicts.append(train(shuffled_by_session(dataset, seed), vectors, settings).lift.verdict)
    assert verdicts.count("helps") <= 1, verdicts


def test_the_shuffle_deals_whole_events_and_keeps_their_outcomes(first_half_year):
    dataset, _ = first_half_year
    shuffled = shuffled_by_session(dataset, 0)
    by_event = pd.Series(shuffled.frame["target"]).groupby(dataset.event)
    assert by_event.nunique().max() == 1
    first = np.unique(dataset.event, return_index=True)[1]
    before, after = (d.frame["target"].to_numpy()[first] for d in (dataset, shuffled))
    assert sorted(before) == sorted(after)
    assert (before == after).mean() < 0.1


@pytest.fixture(scope="module")
def found(sample):
    return train(*sample, TrainSettings(folds=3))


def test_the_planted_signal_of_the_sample_is_found(found):
    assert found.lift.verdict == "helps"
    assert found.lift.low > 0.02
    assert found.scores[MEAN]["auc"].low > 0.53


def test_its_source_is_named(found, sample):
    dataset, vectors = sample
    tested = found.predictions.test.positions(dataset)
    made = explain_rows(found, Inputs.of(dataset, vectors).take(tested)).importance()
    importance = dict(zip(made["group"], made["mean"], strict=True))
    others = {name: value for name, value in importance.items() if name not in ("headline", PLANTED)}
    assert max(importance, key=importance.get) == "headline"
    assert importance[PLANTED] > max(others.values())


def test_upbeat_wordings_are_predicted_above_gloomy_ones(found, sample):
    dataset, _ = sample
    tested = found.predictions.test.positions(dataset)
    text = dataset.frame["headline"].iloc[tested]
    p = pd.Series(found.predictions.test[MEAN][:, 1], index=text.index)
    good, bad = (text.str.contains(words) for words in ("흑자전환|상향|수주|승소", "적자전환|하향|해지|패소"))
    assert min(good.sum(), bad.sum()) > 30
    assert p[good].mean() > p[bad].mean() + 0.05


def test_copying_the_tests_headlines_into_the_training_does_not_change_the_score(first_half_year):
    dataset, vectors = first_half_year
    settings = TrainSettings(split="time", horizon=1)
    honest = train(dataset, vectors, settings)
    split = make_split(dataset, settings, dataset.frame["target"].notna().to_numpy())
    copied = dataset.frame.iloc[split.test].copy()
    copied["session"] = copied["time"] = dataset.frame["session"].iloc[split.train].min()
    copied["row"] += 10_000
    frame = pd.concat([dataset.frame, copied], ignore_index=True)
    more = np.concatenate([vectors, vectors[split.test]])
    again = train(replace(dataset, frame=frame), more, settings)
    assert again.split.grouped_rows == honest.split.grouped_rows + len(copied)
    assert again.scores == honest.scores
    assert again.lift == honest.lift


def test_the_same_copies_do_inflate_a_split_that_does_not_look_for_them(first_half_year):
    """Or else the test above would prove nothing."""
    dataset, vectors = first_half_year
    settings = TrainSettings()
    honest = train(dataset, vectors, settings)
    split = make_split(dataset, settings, dataset.frame["target"].notna().to_numpy())
    copied = dataset.frame.iloc[split.test].copy()
    copied["session"] = copied["time"] = dataset.frame["session"].iloc[split.train].min()
    copied["row"] += 10_000
    copied["story"] += dataset.frame["story"].max() + 1  # as if they were told for the first time
    frame = pd.concat([dataset.frame, copied], ignore_index=True)
    leaky = train(replace(dataset, frame=frame), np.concatenate([vectors, vectors[split.test]]), settings)
    assert leaky.scores[MEAN]["auc"].value > honest.scores[MEAN]["auc"].value + 0.05


def test_a_feature_that_is_tomorrows_return_is_flagged_by_name(first_half_year):
    dataset, vectors = first_half_year
    tomorrow = dataset.frame["target"].to_numpy(float)  # the sample's target is the next session's return
    name = dataset.features.columns[3]
    frame = dataset.frame.assign(**{FEATURE + name: tomorrow})
    for task in ("classify", "regress"):
        run = train(replace(dataset, frame=frame), vectors, TrainSettings(task))
        told = [str(warning) for warning in run.warnings if name in str(warning)]
        assert len(told) == 1
        assert "may know the future" in told[0]
        clean = train(dataset, vectors, TrainSettings(task))
        assert not any("may know the future" in str(warning) for warning in clean.warnings)


@pytest.mark.thorough
def test_in_whole_trainings_too_overlapping_outcomes_do_not_make_null_headlines_help():
    found = said(World(5, sessions=240, companies=4))
    assert max(found.helps, found.better) <= 0.05
