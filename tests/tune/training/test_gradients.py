"""Gradients in parts: with dropout off, losses and weights are those of the run whose batches fit into memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.tune.training.adversary import Adversary
from core.tune.training.fit import fit
from core.tune.training.gradients import gradients, seed_part
from core.tune.training.layers import trainable
from core.tune.training.model import Trainable
from core.tune.training.objective import objective_of
from tests.makers import tunings

LOSSES = {
    "cross_entropy": {"adversarial": 0.0},
    "adversarial": {"adversarial": 0.1},
    "weighted": {"class_weight": "balanced", "label_smoothing": 0.1},
    "batch_all": {"method": "triplet"},
    "batch_hard": {"method": "triplet", "loss": "batch_hard"},
    "batch_semi_hard": {"method": "triplet", "loss": "batch_semi_hard"},
    "batch_hard_soft_margin": {"method": "triplet", "loss": "batch_hard_soft_margin"},
    "cosine": {"method": "pairs"},
    "cosent": {"method": "pairs", "loss": "cosent"},
    "softmax": {"method": "pairs", "loss": "softmax"},
    "multiple_negatives": {"method": "pairs", "loss": "multiple_negatives"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tunings.encoder(tmp_path_factory.mktemp("encoder") / "still", dropout=False)


def limited(model, most, error=None):
    """Let the model run out of memory with more than so many texts at once."""
    whole = model.pooled

    def pooled(batch):
        if len(batch["input_ids"]) > most:
            raise error or torch.OutOfMemoryError("CUDA out of memory")
        return whole(batch)

    model.pooled = pooled
    return model


@pytest.mark.slow
@pytest.mark.parametrize("choices", LOSSES.values(), ids=LOSSES)
def test_out_of_memory_changes_neither_losses_nor_weights(home, folder, choices, monkeypatch):
    monkeypatch.setattr(Trainable, "start_head", lambda *_: None)  # losses are to be of one size
    settings = tunings.tuning(folder, batch_size=9, epochs=2, **choices)
    examples, parts = tunings.examples_for(settings), tunings.parts()
    whole, small = tunings.model(settings), limited(tunings.model(settings), 2)
    fitted, halved = (fit(model, examples, parts, settings) for model in (whole, small))
    assert fitted.physical_batch >= 9
    assert halved.physical_batch == 2
    np.testing.assert_allclose(halved.losses, fitted.losses, rtol=1e-5)
    start, theirs = (trainable(model.model, model.head) for model in (tunings.model(settings), whole))
    for name, weight in trainable(small.model, small.head).items():
        if "key.bias" not in name:  # softmax cancels it: its gradient is rounding alone, which Adam scales up
            moved = (theirs[name] - start[name]).norm()
            assert (weight - theirs[name]).norm() <= 1e-3 * moved, name


@pytest.mark.parametrize("choices", [{}, {"method": "pairs", "loss": "softmax"}], ids=["texts", "pairs"])
def test_out_of_memory_changes_no_start_of_the_head(home, folder, choices):
    settings = tunings.tuning(folder, **choices)
    examples, rows = tunings.examples_for(settings), np.arange(36)
    whole, small = tunings.model(settings), limited(tunings.model(settings), 2)
    for model in (whole, small):
        model.start_head([model.tokens(column) for column in examples.columns], examples.labels, rows)
    torch.testing.assert_close(small.head.linear.weight, whole.head.linear.weight, rtol=1e-3, atol=1e-3)


def test_a_text_is_moved_by_its_share_whatever_is_beside_it(home, folder):
    settings = tunings.tuning(folder, adversarial=0.1)
    model, examples = tunings.model(settings), tunings.examples(6)
    tokens, adversary = model.tokens(examples.texts), model.adversary
    layer, given = model.model.get_input_embeddings(), []
    layer.register_forward_hook(lambda _module, _inputs, output: given.append(output.detach()))
    objective = objective_of(model, settings, examples.labels)

    def moves(rows):
        def embed(some, _number):
            return [model.pooled(tokens.batch(some, "cpu"))]

        given.clear()
        gradients(objective, embed, rows, examples.labels[rows], len(rows), "cpu", adversary)
        still, moved = given
        length = (still * tokens.batch(rows, "cpu")["attention_mask"][..., None]).flatten(1).norm(dim=1)
        return moved - still, (moved - still).flatten(1).norm(dim=1) / length

    model.train(False)
    together, shares = moves(np.arange(6))
    alone, share = moves(np.array([2]))
    torch.testing.assert_close(shares, torch.full((6,), 0.1), rtol=1e-3, atol=0)
    torch.testing.assert_close(share, torch.tensor([0.1]), rtol=1e-3, atol=0)
    torch.testing.assert_close(together[2, : alone.shape[1]], alone[0], rtol=1e-2, atol=1e-4)


def test_a_moved_text_has_a_higher_loss(home, folder):
    settings = tunings.tuning(folder, adversarial=0.02)
    model, examples = tunings.model(settings), tunings.examples(12)
    tokens, rows, losses = model.tokens(examples.texts), np.arange(12), []
    objective = objective_of(model, settings, examples.labels)

    def noted(columns, labels):
        loss = objective.loss(columns, labels)
        losses.append(float(loss.detach()))
        return loss

    model.train(False)
    gradients(
        replace(objective, loss=noted),
        lambda some, _number: [model.pooled(tokens.batch(some, "cpu"))],
        rows,
        examples.labels,
        4,
        "cpu",
        model.adversary,
    )
    as_they_are, moved = losses[::2], losses[1::2]
    assert len(moved) == 3
    assert all(after > before for before, after in zip(as_they_are, moved, strict=True))


def test_a_text_that_the_model_is_sure_of_is_moved_no_further(home, folder):
    layer, given = torch.nn.Embedding(10, 4), []
    adversary = Adversary(layer, 0.1)
    ids = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    layer.register_forward_hook(lambda _module, _inputs, output: given.append(output.detach()))
    scale = torch.tensor([1.0, 1e-35, 0.0])[:, None, None]
    with adversary.watching():
        (layer(ids) * scale * torch.randn(3, 3, 4)).sum().backward()
    with adversary.attacking():
        layer(ids)
    still, moved = given
    share = (moved - still).flatten(1).norm(dim=1) / still.flatten(1).norm(dim=1)
    torch.testing.assert_close(share, torch.tensor([0.1, 0.1, 0.0]), rtol=1e-3, atol=1e-6)


def test_without_the_setting_and_for_other_methods_nothing_is_moved(home, folder):
    assert tunings.model(tunings.tuning(folder, adversarial=0.0)).adversary is None
    assert tunings.model(tunings.tuning(folder, freeze_layers=1)).adversary is None
    assert tunings.model(tunings.tuning(folder, method="triplet", adversarial=0.1)).adversary is None


def test_the_words_of_a_cpu_that_is_out_of_memory_are_known_too(home, folder):
    settings = tunings.tuning(folder, epochs=1)
    words = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
    model = limited(tunings.model(settings), 4, words)
    assert fit(model, tunings.examples(), tunings.parts(), settings).physical_batch == 4


def test_other_errors_are_not_taken_for_memory(home, folder):
    settings = tunings.tuning(folder, epochs=1)
    model = limited(tunings.model(settings), 4, RuntimeError("shapes cannot be multiplied"))
    with pytest.raises(RuntimeError, match="shapes"):
        fit(model, tunings.examples(), tunings.parts(), settings)


def test_a_part_that_is_computed_again_has_the_same_dropout():
    seed_part("cpu", 42, 3, 1)
    first = torch.rand(4)
    seed_part("cpu", 42, 3, 2)
    other = torch.rand(4)
    seed_part("cpu", 42, 3, 1)
    assert torch.equal(first, torch.rand(4))
    assert not torch.equal(first, other)


def test_cached_gradients_agree_with_their_dropout(home, tmp_path):
    """With dropout on, the gradient of the parts is that of one graph over all parts under the same draws."""
    from core.tune.training.gradients import gradients
    from core.tune.training.objective import objective_of

    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="triplet", batch_size=12)
    model, examples = tunings.model(settings), tunings.examples()
    tokens, labels = model.tokens(examples.texts), examples.labels
    objective = objective_of(model, settings, labels)
    model.train(True)
    some = np.arange(12)

    def embed(rows, number):
        seed_part("cpu", 1, 0, number)
        return [model.pooled(tokens.batch(rows, "cpu"))]

    loss = gradients(objective, embed, some, labels[some], 4, "cpu")
    weight = model.model.encoder.layer[0].attention.self.value.weight
    cached = weight.grad.clone()
    model.model.zero_grad()
    together = torch.cat([embed(some[start : start + 4], k)[0] for k, start in enumerate((0, 4, 8))])
    whole = objective.loss([together], torch.from_numpy(labels[some]))
    whole.backward()
    assert loss == pytest.approx(whole.item(), rel=1e-5)
    torch.testing.assert_close(cached, weight.grad, rtol=1e-4, atol=1e-7)
