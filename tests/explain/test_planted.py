"""The sample data: what was planted in it comes out on top at each depth."""

import re
import tomllib

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from core.data.library import load_dataset
from core.evaluate.predictions import MEAN
from core.explain import explain_run, explain_words, topic_effects
from core.maps import topics_of
from core.train.features.inputs import Inputs
from core.train.prepared import put_prepared, shipped_run, shipped_vectors
from core.train.runs import load_run
from tests.makers.import_graph import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEADLINE_LAB_HOME", str(tmp_path_factory.mktemp("planted")))
        put_prepared("sample")
        run = load_run(shipped_run().id)
        data, vectors = load_dataset(run.dataset_id), shipped_vectors()
        yield run, data, vectors, explain_run(run, data, vectors)


def test_the_headline_and_the_planted_feature_move_the_predictions_most(sample):
    found = sample[3]
    groups = found.importance()["group"].tolist()
    assert groups[:2] == ["headline", "거래량비율"]
    sizes = found.importance().set_index("group")
    for model in found.values:
        assert sizes[model].nlargest(2).index.tolist() == ["headline", "거래량비율"], model
        assert sizes.loc["거래량비율", model] > 5 * sizes[model].drop(["headline", "거래량비율"]).max(), model


def test_the_planted_topic_moves_them_most_and_up(sample):
    run, data, vectors, found = sample
    made = topics_of(data, vectors)
    assert made.stable
    first, *others = topic_effects(run, data, found, made)
    assert "자사주" in first.keywords
    assert first.contribution.low > 0
    assert first.outcome.value > max(abs(other.outcome.value) for other in others)
    about = data.frame["headline"].iloc[first.rows].str.contains("배당|자사주|지분|주주|주당|매입")
    assert about.mean() > 0.8


def planted_words():
    """Return the words of the templates that stand in one tone alone, by tone."""
    templates = tomllib.loads((ROOT / "sample_data/templates.toml").read_text(encoding="utf-8"))
    of_tone = {
        tone: {
            word
            for topic in templates["topic"]
            for part in ("leads", "tails")
            for text in topic[tone][part]
            for word in re.findall("[가-힣]{2,}", re.sub("{[^}]*}", " ", text))
        }
        for tone in ("up", "flat", "down")
    }
    return of_tone["up"] - of_tone["flat"] - of_tone["down"], of_tone["down"] - of_tone["flat"] - of_tone[
        "up"
    ]


def test_of_a_headline_s_words_those_of_the_planted_wording_move_it_most_and_in_their_direction(sample):
    run, data, _vectors, found = sample
    good, bad = planted_words()
    headlines = data.frame["headline"].iloc[found.rows].tolist()
    inputs = Inputs.of(data, None, run.settings.use_press)
    first, chance, of_good, of_bad = [], [], [], []
    for place in np.linspace(0, len(headlines) - 1, 30).round().astype(int):
        said = explain_words(run, headlines[place], inputs.take(found.rows[[place]]), found, int(place))
        values = said.values[MEAN]
        texts = [set(re.findall("[가-힣]{2,}", one.text)) for one in said.words]
        up, down = (np.array([bool(text & words) for text in texts]) for words in (good, bad))
        if up.any() == down.any():  # a flat headline
            continue
        of_good += values[up].tolist()
        of_bad += values[down].tolist()
        chance.append((up | down).mean())
        first.append(bool((up | down)[np.abs(values).argmax()]))
    assert len(first) >= 10
    assert binomtest(sum(first), len(first), float(np.mean(chance)), "greater").pvalue < 0.05
    assert ttest_1samp(of_good, 0, alternative="greater").pvalue < 0.01
    assert ttest_1samp(of_bad, 0, alternative="less").pvalue < 0.01
