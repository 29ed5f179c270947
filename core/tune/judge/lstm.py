"""A small bidirectional LSTM from scratch: what a text says to a model that was never pretrained."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import Tensor, nn

from core.tune.examples import Examples, Parts

DIM, HIDDEN, LONGEST, BATCH, RATE = 64, 64, 160, 64, 3e-3
EPOCHS, PATIENCE, FEWEST = 12, 3, 2  # a character seen less often than `FEWEST` times is unknown


def lstm(examples: Examples, parts: Parts, seed: int) -> np.ndarray:
    """Return its probabilities of the test examples `(test, classes)`.

    Hochreiter & Schmidhuber, "Long short-term memory" (1997), in both directions over characters, the largest value
    over the text to a linear layer; Adam; the epoch with the least loss on the validation examples.
    """
    ids = _characters(examples, parts)
    labels = torch.from_numpy(examples.labels.astype(np.int64))
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = _Model(int(ids.max()) + 1, len(examples.classes))
        optimiser = torch.optim.Adam(model.parameters(), RATE)
        rng = np.random.default_rng(seed)
        best, kept, waited = np.inf, copy.deepcopy(model.state_dict()), 0
        for _ in range(EPOCHS):
            model.train()
            order = rng.permutation(parts.train)
            for start in range(0, len(order), BATCH):
                some = order[start : start + BATCH]
                loss = nn.functional.cross_entropy(model(ids[some]), labels[some])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            logits = _logits(model, ids[parts.valid])
            found = float(nn.functional.cross_entropy(logits, labels[parts.valid]))
            if found < best:
                best, kept, waited = found, copy.deepcopy(model.state_dict()), 0
            elif (waited := waited + 1) == PATIENCE:
                break
        model.load_state_dict(kept)
        probabilities: np.ndarray = _logits(model, ids[parts.test]).softmax(1).numpy().astype(float)
    return probabilities


class _Model(nn.Module):
    def __init__(self, characters: int, classes: int) -> None:
        super().__init__()
        self.table = nn.Embedding(characters, DIM, padding_idx=0)
        self.lstm = nn.LSTM(DIM, HIDDEN, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.3)
        self.linear = nn.Linear(2 * HIDDEN, classes)

    def forward(self, ids: Tensor) -> Tensor:
        states, _ = self.lstm(self.dropout(self.table(ids)))  # (batch, characters, 2 * HIDDEN)
        states = states.masked_fill((ids == 0).unsqueeze(-1), -1e4)
        logits: Tensor = self.linear(self.dropout(states.max(1).values))
        return logits


def _logits(model: _Model, ids: Tensor) -> Tensor:
    model.eval()
    with torch.no_grad():
        return torch.cat([model(ids[start : start + 256]) for start in range(0, len(ids), 256)])


def _characters(examples: Examples, parts: Parts) -> Tensor:
    """Return the texts as numbers of characters `(n, LONGEST)`: 0 for none, 1 for one not seen in training."""
    counts: dict[str, int] = {}
    for row in parts.train:
        for character in examples.texts[row][:LONGEST]:
            counts[character] = counts.get(character, 0) + 1
    number = {c: k for k, c in enumerate((c for c, n in counts.items() if n >= FEWEST), start=2)}
    ids = np.zeros((len(examples), LONGEST), np.int64)
    for row, text in enumerate(examples.texts):
        known = [number.get(character, 1) for character in text[:LONGEST]] or [1]
        ids[row, : len(known)] = known
    return torch.from_numpy(ids)
