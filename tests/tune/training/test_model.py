"""Encoders that can be trained: every architecture, what is frozen, and the folder that comes out."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from core.embed.catalog import resolve
from core.embed.checkpoint.loading import load_model, load_tokenizer
from core.embed.classifier import HEAD, head_of
from core.embed.pooling import pooling_named
from core.errors import UserError
from core.tune.training.fit import fit
from core.tune.training.layers import trainable
from core.tune.training.model import Trainable
from tests.makers import tunings
from tests.makers.tiny_encoders import KINDS


@pytest.fixture(autouse=True)
def _at_home(home):
    """No test here writes into the user's workspace."""


def trained(settings):
    model = tunings.model(settings)
    fit(model, tunings.examples_for(settings), tunings.parts(), settings)
    return model


def embedded(folder, texts):
    """Embed one text after the other, as the app's own encoder does."""
    import torch

    card = resolve(str(folder))
    model, tokenizer = load_model(card, torch.float32), load_tokenizer(card)
    found = []
    for text in texts:
        ids = torch.tensor([tokenizer.encode(card.prefix + text).ids])
        with torch.no_grad():
            hidden = model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
        vector = pooling_named(card.pooling).pool(hidden, torch.ones(1, ids.shape[1], 1).bool())[0]
        found.append((vector / vector.norm() if card.normalised else vector).numpy())
    return np.stack(found)


@pytest.mark.parametrize("make", KINDS.values(), ids=[name.replace("/", "-") for name in KINDS])
def test_every_architecture_is_trained_saved_and_read_again(make, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    make(source)
    settings = tunings.tuning(source, epochs=1)
    model = tunings.model(settings)
    examples = tunings.examples()
    before = model.embed(examples.texts)
    fit(model, examples, tunings.parts(), settings)
    after = model.embed(examples.texts)
    assert np.abs(after - before).max() > 1e-3
    model.save(tmp_path / "tuned")
    np.testing.assert_allclose(embedded(tmp_path / "tuned", examples.texts), after, atol=2e-5)
    card, own = resolve(str(tmp_path / "tuned")), resolve(str(source))
    assert (card.dim, card.prefix, card.normalised) == (own.dim, own.prefix, own.normalised)
    assert card.pooling == own.pooling


@pytest.mark.slow
@pytest.mark.parametrize("make", KINDS.values(), ids=[name.replace("/", "-") for name in KINDS])
def test_sentence_transformers_gives_the_same_vectors_from_the_folder(make, tmp_path):
    from sentence_transformers import SentenceTransformer

    source = tmp_path / "source"
    source.mkdir()
    make(source)
    settings = tunings.tuning(source, max_length=12)
    model, texts = tunings.model(settings), tunings.examples().texts
    model.save(tmp_path / "tuned")
    theirs = SentenceTransformer(str(tmp_path / "tuned"), device="cpu").encode(list(texts))
    np.testing.assert_allclose(theirs, model.embed(texts), atol=2e-5)


@pytest.mark.parametrize(
    "choices",
    [{"method": "triplet"}, {"method": "pairs"}, {"method": "pairs", "loss": "softmax"}],
    ids=["triplet", "pairs", "softmax"],
)
def test_every_method_changes_the_encoder(tmp_path, choices):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), epochs=1, **choices)
    texts = tunings.examples().texts
    assert np.abs(trained(settings).embed(texts) - tunings.model(settings).embed(texts)).max() > 1e-3


def test_a_pooling_that_was_chosen_is_trained_with_and_saved(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), pooling="max")
    model, texts = tunings.model(settings), tunings.examples().texts
    model.save(tmp_path / "tuned")
    assert resolve(str(tmp_path / "tuned")).pooling == "max"
    np.testing.assert_allclose(embedded(tmp_path / "tuned", texts), model.embed(texts), atol=2e-5)


def test_texts_are_cut_where_they_were_cut_in_training(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), max_length=8)
    model, texts = tunings.model(settings), ["삼성전자 상승 돌파 " * 9]
    assert model.tokens(texts).lengths.tolist() == [8]
    model.save(tmp_path / "tuned")
    assert resolve(str(tmp_path / "tuned")).max_length == 8


def test_a_classifier_is_opened_with_its_probabilities(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), epochs=1)
    model, texts = trained(settings), tunings.examples().texts
    model.save(tmp_path / "tuned")
    card = resolve(str(tmp_path / "tuned"))
    head = head_of(card.folder)
    assert head.classes == tunings.CLASSES
    np.testing.assert_allclose(head.probabilities(model.embed(texts)), model.probabilities(texts), atol=1e-5)


def test_a_head_of_pairs_is_no_classifier_of_single_texts(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="pairs", loss="softmax", epochs=1)
    trained(settings).save(tmp_path / "tuned")
    assert (tmp_path / "tuned" / HEAD).is_file()
    assert head_of(tmp_path / "tuned") is None


def test_the_order_and_company_of_texts_change_no_vector(tmp_path):
    model = tunings.model(tunings.tuning(tunings.encoder(tmp_path / "e")))
    texts = list(tunings.examples().texts)
    alone = np.concatenate([model.embed([text]) for text in texts])
    np.testing.assert_allclose(model.embed(texts[::-1])[::-1], alone, atol=2e-6)


def test_electras_generator_is_refused_with_the_reason(tmp_path):
    folder = tmp_path / "electra"
    folder.mkdir()
    KINDS["monologg/koelectra-base-v3-discriminator"](folder)
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(values | {"architectures": ["ElectraForMaskedLM"]}))
    with pytest.raises(UserError, match="generator"):
        tunings.model(tunings.tuning(folder))


def test_a_generator_is_known_by_its_tensors_too(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "electra"
    folder.mkdir()
    KINDS["monologg/koelectra-base-v3-discriminator"](folder)
    values = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({k: v for k, v in values.items() if k != "architectures"}))
    tunings.model(tunings.tuning(folder)).save(tmp_path / "saved")
    tensors = load_file(tmp_path / "saved" / "model.safetensors")
    tensors["generator_predictions.LayerNorm.weight"] = next(iter(tensors.values())).clone()
    save_file(tensors, tmp_path / "saved" / "model.safetensors")
    (tmp_path / "saved" / "config.json").write_text((folder / "config.json").read_text())
    with pytest.raises(UserError, match="generator"):
        tunings.model(tunings.tuning(tmp_path / "saved"))


def test_a_head_takes_two_classes_at_least(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"))
    with pytest.raises(UserError, match="two classes"):
        Trainable.load(resolve(settings.encoder), settings, ("one",), "cpu")


def test_the_head_is_drawn_from_the_seed(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"))
    one, same, other = (
        tunings.model(s).head.linear.weight for s in (settings, settings, replace(settings, seed=1))
    )
    assert bool((one == same).all())
    assert not bool((one == other).all())


def test_gradient_checkpointing_changes_no_loss(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), epochs=1)
    plain, thrifty = (
        fit(tunings.model(s), tunings.examples(), tunings.parts(), s)
        for s in (settings, replace(settings, checkpointing=True))
    )
    np.testing.assert_allclose(thrifty.losses, plain.losses, rtol=1e-5)


@pytest.mark.slow
def test_training_in_bfloat16_learns_and_is_written_down(tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), epochs=12, learning_rate=3e-3)
    model = tunings.model(settings)
    model.dtype = "bfloat16"
    history = fit(model, tunings.examples(96), tunings.parts(96, 72), settings)
    assert history.dtype == "bfloat16"
    assert history.losses[-1] < 0.6
    assert {str(weight.dtype) for weight in trainable(model.model, model.head).values()} == {"torch.float32"}
