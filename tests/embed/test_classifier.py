import numpy as np
import pytest

from core.embed.catalog import resolve
from core.embed.classifier import HEAD, class_probabilities, classifiers, head_of
from core.errors import UserError
from core.tune.settings import TuneSettings
from core.tune.training.model import Trainable
from tests.makers.tiny_encoders import CORPUS
from tests.makers.tuned_encoders import put

CLASSES = ("부정", "중립", "긍정")
TEXTS = list(CORPUS[:6])


@pytest.fixture(autouse=True)
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))


@pytest.mark.parametrize("normalised", [False, True])
def test_the_probabilities_are_those_of_the_tuned_model(normalised):
    put("mine", classes=CLASSES, normalised=normalised)
    card = resolve("tuned:mine")
    assert card.normalised == normalised
    classes, found = class_probabilities("tuned:mine", TEXTS)
    assert classes == CLASSES
    assert found == pytest.approx(_expected(card), abs=0.02)  # products may be in bfloat16 here
    assert found.sum(1) == pytest.approx(np.ones(len(TEXTS)))
    assert np.ptp(np.log(found), axis=0).min() > 0.1  # of every class it depends on the text


def _expected(card):
    """The softmax of the saved layer over vectors pooled in float32 and not brought to length 1."""
    import torch
    from safetensors.torch import load_file

    model = Trainable.load(card, TuneSettings("triplet", card.id), device="cpu")
    pooled = torch.from_numpy(model.read(model.tokens(TEXTS), np.arange(len(TEXTS)), lambda one: one))
    saved = load_file(card.folder / HEAD)
    return torch.softmax(pooled @ saved["linear.weight"].T + saved["linear.bias"], 1).numpy()


def test_an_encoder_without_a_head_is_no_classifier():
    put("plain")
    put("mine", classes=CLASSES)
    assert [card.id for card in classifiers()] == ["tuned:mine"]
    assert head_of(resolve("tuned:plain").folder) is None
    with pytest.raises(UserError, match="no classifier"):
        class_probabilities("tuned:plain", TEXTS)


def test_no_text_has_no_probabilities():
    put("mine", classes=CLASSES)
    assert class_probabilities("tuned:mine", [])[1].shape == (0, 3)
