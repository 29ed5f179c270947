"""Gradients in parts: with dropout off, losses and weights are those of the run whose batches fit into memory."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.tune.training.fit import fit
from core.tune.training.gradients import seed_part
from core.tune.training.layers import trainable
from tests.makers import tunings

LOSSES = {
    "cross_entropy": {},
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


@pytest.mark.parametrize("choices", LOSSES.values(), ids=LOSSES)
def test_out_of_memory_changes_neither_losses_nor_weights(home, folder, choices):
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
