"""Class probabilities from an encoder that was tuned here together with a head."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.embed.catalog import cards, resolve
from core.embed.encoder_card import EncoderCard, Origin
from core.embed.pipeline import embed_by
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_

HEAD = "head.safetensors"  # its metadata names the classes, and says whether it is for pairs of texts


@dataclass(frozen=True, eq=False)
class Head:
    """One linear layer on the pooled vector, before that is brought to length 1.

    `weight` is `(classes, dim)`, `bias` `(classes,)`.
    """

    classes: tuple[str, ...]
    weight: np.ndarray
    bias: np.ndarray

    def probabilities(self, pooled: np.ndarray) -> np.ndarray:
        """Return each class's probability, `(n, classes)` float64, from pooled vectors `(n, dim)`: the softmax."""
        logits = pooled.astype(np.float64) @ self.weight.T.astype(np.float64) + self.bias
        powers = np.exp(logits - logits.max(1, keepdims=True, initial=-np.inf))
        shares: np.ndarray = powers / powers.sum(1, keepdims=True)
        return shares


def head_of(folder: Path | None) -> Head | None:
    """Return the head in an encoder's folder; None where there is none, or one for pairs of texts."""
    file = folder / HEAD if folder else None
    if file is None or not file.is_file():
        return None
    from safetensors import safe_open

    with safe_open(file, "np") as tensors:
        facts = tensors.metadata() or {}
        if json.loads(facts.get("pairs", "false")):
            return None
        weight, bias = tensors.get_tensor("linear.weight"), tensors.get_tensor("linear.bias")
    return Head(tuple(json.loads(facts["classes"])), weight, bias)


def classifiers() -> list[EncoderCard]:
    """Return the encoders tuned here that tell classes of single texts apart, by name."""
    return [card for card in cards() if card.origin is Origin.TUNED and head_of(card.folder) is not None]


def class_probabilities(
    encoder: str, texts: Sequence[str], report: Report = silent
) -> tuple[tuple[str, ...], np.ndarray]:
    """Return the classes of a tuned classifier and their probabilities for texts, `(n, classes)`.

    The vectors go through the store. Raises `UserError` for an encoder without a head for single texts, and as
    `embed` does.
    """
    card = resolve(encoder)
    head = head_of(card.folder)
    if head is None:
        raise UserError(
            N_("The encoder {name} is no classifier: choose one that was tuned here by classify."),
            name=card.name,
        )
    if not len(texts):
        return head.classes, np.zeros((0, len(head.classes)))
    pooled = embed_by(replace(card, normalised=False), texts, card.pooling, report).vectors
    return head.classes, head.probabilities(pooled)
