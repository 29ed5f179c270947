from core.evaluate.predictions import FUSION
from core.train.models.baselines import BASELINES
from core.train.models.combinations import COMBINATIONS
from core.train.models.registry import MODELS
from core.train.models.titles import title


def test_every_model_combination_and_baseline_has_a_title_of_its_own():
    keys = [*MODELS, *COMBINATIONS, FUSION, *BASELINES]
    titles = [title(key) for key in keys]
    assert len(set(titles)) == len(set(keys)) == len(keys)
    assert not set(titles) & set(keys)


def test_an_unknown_key_is_its_own_title():
    assert title("svm") == "svm"
