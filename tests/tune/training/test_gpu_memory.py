"""A graphics card that is really out of memory; skipped where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import UserError
from core.tune.training.fit import fit
from core.tune.training.model import Trainable
from tests.makers import tunings
from tests.tune.training.test_gradients import LOSSES

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no NVIDIA card")

TEXTS, BATCH = 96, 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    torch.manual_seed(0)
    sizes = {"hidden_size": 256, "intermediate_size": 1024, "num_attention_heads": 4, "num_hidden_layers": 4}
    name = tmp_path_factory.mktemp("encoder") / "still"
    return tunings.encoder(name, dropout=False, **sizes)


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Let this process have so many bytes of the card's memory."""
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(size / torch.cuda.get_device_properties(0).total_memory)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def long_examples(settings):
    examples = tunings.examples_for(settings, TEXTS)
    columns = tuple([" ".join([text] * 40) for text in column] for column in examples.columns)
    return replace(examples, columns=columns)


def trained(settings, room=None):
    """Train on the card; return the model, its history and the bytes taken at most."""
    examples, parts = long_examples(settings), tunings.parts(TEXTS, 72)
    model = tunings.model(settings, "cuda")
    torch.cuda.reset_peak_memory_stats()
    with at_most(room or torch.cuda.get_device_properties(0).total_memory):
        history = fit(model, examples, parts, settings)
    return model, history, torch.cuda.max_memory_allocated()


@pytest.mark.parametrize("choices", LOSSES.values(), ids=LOSSES)
def test_a_full_card_changes_neither_losses_nor_weights(home, folder, choices, monkeypatch):
    monkeypatch.setattr(Trainable, "start_head", lambda *_: None)  # losses are to be of one size
    settings = tunings.tuning(folder, batch_size=BATCH, epochs=2, learning_rate=1e-4, **choices)
    whole, fitted, peak = trained(settings)
    small, halved, less = trained(settings, int(peak * 0.6))
    assert halved.physical_batch < fitted.physical_batch
    assert less < peak
    np.testing.assert_allclose(halved.losses, fitted.losses, rtol=1e-3)
    start = dict(tunings.model(settings, "cuda").model.named_parameters())
    theirs = dict(whole.model.named_parameters())
    moved, apart = (
        torch.cat([(one[name] - other[name]).flatten() for name in start if "key.bias" not in name]).norm()
        for one, other in ((theirs, start), (dict(small.model.named_parameters()), theirs))
    )
    assert apart <= 0.05 * moved


def test_where_not_even_one_text_fits_it_is_said_what_helps(home, folder):
    settings = tunings.tuning(folder, batch_size=8)
    model, examples = tunings.model(settings, "cuda"), long_examples(settings)
    with at_most(torch.cuda.memory_allocated() + 1_000_000), pytest.raises(UserError, match="Not even one"):
        fit(model, examples, tunings.parts(TEXTS, 72), settings)
    assert fit(model, examples, tunings.parts(TEXTS, 72), replace(settings, epochs=1)).stopped == "done"
