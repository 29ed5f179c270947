"""A small bidirectional LSTM over characters, from scratch: what does pretraining buy?

Hochreiter & Schmidhuber, "Long short-term memory" (1997), read in both directions (Graves & Schmidhuber, "Framewise
phoneme classification with bidirectional LSTM", 2005) and pooled by the maximum over characters.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.jobs import Report
from core.locale import N_

CHARACTERS, LONGEST = 3_000, 160  # kinds of them, and of one text
WIDTH, HIDDEN, DROPOUT = 64, 64, 0.3
RATE, BATCH, EPOCHS, PATIENCE = 2e-3, 64, 20, 3
SECONDS = 180.0  # after which no further epoch begins
PADDING, UNKNOWN = 0, 1


@dataclass(frozen=True, eq=False)
class Alphabet:
    """The number of each character that is frequent enough in the training texts."""

    number: dict[str, int]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Alphabet:
        """Return the alphabet of some texts: the most frequent characters, from 2 on."""
        from collections import Counter

        counts = Counter(character for text in texts for character in text)
        return cls({character: k for k, (character, _) in enumerate(counts.most_common(CHARACTERS), 2)})

    def codes(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Return the numbers of each text's characters; an empty text is one unknown character."""
        return [
            np.array([self.number.get(c, UNKNOWN) for c in text[:LONGEST]] or [UNKNOWN]) for text in texts
        ]


def lstm(
    texts: Sequence[str],
    y: np.ndarray,
    valid_texts: Sequence[str],
    valid_y: np.ndarray,
    test_texts: Sequence[str],
    classes: int,
    seed: int,
    report: Report,
    seconds: float = SECONDS,
) -> np.ndarray:
    """Return the probabilities of the test texts, `(test, classes)`, by an LSTM of the training texts.

    `y` and `valid_y` are class numbers. The epoch of the least validation loss is kept, and training ends after three
    epochs without a lesser one, or with the epoch in which the `seconds` run out.
    """
    import torch

    alphabet = Alphabet.of(texts)
    codes, valid, test = (alphabet.codes(some) for some in (texts, valid_texts, test_texts))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _net(len(alphabet.number) + 2, classes)
        optimiser = torch.optim.Adam(net.parameters(), RATE)
        rng = np.random.default_rng(seed)
        began, best, kept, waited = time.monotonic(), np.inf, copy.deepcopy(net.state_dict()), 0
        for epoch in range(EPOCHS):
            _epoch(net, optimiser, codes, y, rng, epoch, report)
            loss = _loss(_predict(net, valid), valid_y) if len(valid) else -float(epoch)
            waited = 0 if loss < best else waited + 1
            if not waited:
                best, kept = loss, copy.deepcopy(net.state_dict())
            if waited == PATIENCE or time.monotonic() - began > seconds:
                break
        net.load_state_dict(kept)
        return _predict(net, test)


def _net(characters: int, classes: int) -> Any:
    import torch
    from torch import nn
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

    class Net(nn.Module):
        """Characters to class scores: `(batch, length)` numbers and `(batch,)` lengths to `(batch, classes)`."""

        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(characters, WIDTH, padding_idx=PADDING)
            self.lstm = nn.LSTM(WIDTH, HIDDEN, batch_first=True, bidirectional=True)
            self.dropout = nn.Dropout(DROPOUT)
            self.head = nn.Linear(2 * HIDDEN, classes)

        def forward(self, codes: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            read = self.dropout(self.embedding(codes))
            packed = pack_padded_sequence(read, lengths, batch_first=True, enforce_sorted=False)
            hidden, _ = pad_packed_sequence(
                self.lstm(packed)[0], batch_first=True, padding_value=-torch.inf
            )  # (batch, length, 2 hidden)
            scores: torch.Tensor = self.head(self.dropout(hidden.amax(dim=1)))
            return scores

    return Net()


def _epoch(
    net: Any,
    optimiser: Any,
    codes: Sequence[np.ndarray],
    y: np.ndarray,
    rng: np.random.Generator,
    epoch: int,
    report: Report,
) -> None:
    import torch

    net.train()
    order = rng.permutation(len(codes))
    for start in range(0, len(order), BATCH):
        report(
            (epoch + start / len(order)) / EPOCHS,
            N_("Training a small LSTM from scratch: epoch {epoch} of at most {epochs}"),
            epoch=epoch + 1,
            epochs=EPOCHS,
        )
        rows = order[start : start + BATCH]
        scores = net(*_padded([codes[row] for row in rows]))
        loss = torch.nn.functional.cross_entropy(scores, torch.as_tensor(y[rows], dtype=torch.long))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()


def _predict(net: Any, codes: Sequence[np.ndarray]) -> np.ndarray:
    import torch

    net.eval()
    order = np.argsort([len(code) for code in codes], kind="stable")
    made = np.empty((len(codes), net.head.out_features))
    with torch.no_grad():
        for start in range(0, len(order), 4 * BATCH):
            rows = order[start : start + 4 * BATCH]
            scores = net(*_padded([codes[row] for row in rows]))
            made[rows] = scores.double().softmax(dim=1).numpy()
    return made


def _padded(codes: Sequence[np.ndarray]) -> tuple[Any, Any]:
    """Return texts' characters `(batch, longest)` and their lengths `(batch,)`."""
    import torch

    lengths = [len(code) for code in codes]
    made = np.full((len(codes), max(lengths)), PADDING)
    for row, code in enumerate(codes):
        made[row, : len(code)] = code
    return torch.from_numpy(made), torch.tensor(lengths)


def _loss(p: np.ndarray, y: np.ndarray) -> float:
    from core.evaluate.metrics import log_loss

    return float(log_loss(y, p, np.ones((1, len(y))))[0])
