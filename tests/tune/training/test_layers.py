"""Which weights learn."""

from __future__ import annotations

import numpy as np
import pytest

from core.embed.catalog import resolve
from core.errors import UserError
from core.tune.training import layers
from core.tune.training.fit import fit
from core.tune.training.layers import trainable
from tests.makers import tunings


@pytest.fixture
def folder(home, tmp_path):
    return tunings.encoder(tmp_path / "e")


def learning(model):
    return set(trainable(model.model, model.head))


def test_everything_learns_where_the_vocabulary_is_small(folder):
    model = tunings.model(tunings.tuning(folder))
    assert learning(model) == {n for n, _ in model.model.named_parameters()} | {
        "head.linear.weight",
        "head.linear.bias",
    }
    assert model.frozen == []


def test_embeddings_are_frozen_where_the_vocabulary_is_large_and_the_reason_is_said(folder, monkeypatch):
    monkeypatch.setattr(layers, "LARGE_VOCABULARY", 10)
    model = tunings.model(tunings.tuning(folder))
    assert not any("embeddings" in name for name in learning(model))
    assert "tokens are frozen" in str(model.frozen[0])


def test_embeddings_of_a_large_vocabulary_learn_where_it_is_asked_for(folder, monkeypatch):
    monkeypatch.setattr(layers, "LARGE_VOCABULARY", 10)
    assert any(
        "embeddings" in name
        for name in learning(tunings.model(tunings.tuning(folder, freeze_embeddings="no")))
    )


def test_what_is_frozen_does_not_change(folder):
    settings = tunings.tuning(folder, freeze_layers=1, epochs=1)
    model = tunings.model(settings)
    before = {name: tensor.clone() for name, tensor in model.model.state_dict().items()}
    fit(model, tunings.examples(), tunings.parts(), settings)
    changed = {
        name for name, tensor in model.model.state_dict().items() if not bool((tensor == before[name]).all())
    }
    assert changed
    assert all(name.startswith("encoder.layer.1.") for name in changed)
    assert len(model.frozen) == 2


def test_more_layers_than_there_are_cannot_be_frozen(folder):
    with pytest.raises(UserError, match="has 2 layers"):
        tunings.model(tunings.tuning(folder, freeze_layers=3))


def test_lora_trains_thin_matrices_and_is_merged_into_the_folder(folder, tmp_path):
    settings = tunings.tuning(folder, lora_rank=2, epochs=2)
    model, texts = tunings.model(settings), tunings.examples().texts
    names = learning(model)
    assert names
    assert all("lora_" in name or name.startswith("head.") for name in names)
    before = model.embed(texts)
    history = fit(model, tunings.examples(), tunings.parts(), settings)
    assert history.trained_parameters < history.all_parameters / 4
    after = model.embed(texts)
    assert np.abs(after - before).max() > 1e-4
    model.save(tmp_path / "tuned")
    plain = tunings.tuning(tmp_path / "tuned")
    np.testing.assert_allclose(tunings.model(plain).embed(texts), after, atol=1e-5)
    assert resolve(str(tmp_path / "tuned")).parameters == resolve(str(folder)).parameters
