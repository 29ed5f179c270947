"""Opening an encoder that was tuned here together with its head."""

from __future__ import annotations

import json
from typing import Any

from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import EncoderCard
from core.errors import UserError
from core.locale import N_
from core.tune.settings import CLASSIFY, PAIRS, TuneSettings
from core.tune.training.model import Trainable
from core.tune.training.saving import HEAD


def head_classes(card: EncoderCard) -> tuple[str, ...]:
    """Return the classes that the encoder's head tells apart, () where it has none; loads no weights."""
    return tuple(json.loads(_facts(card).get("classes", "[]")))


def load_classifier(card: EncoderCard, device: str = "auto") -> Trainable:
    """Return the encoder with its head, whose `probabilities` are those it was saved with.

    Raises `UserError` where the folder has no head.
    """
    from safetensors.torch import load_file

    facts = _facts(card)
    if not facts:
        raise UserError(
            N_("The encoder {name} was saved without a head: it gives no classes."), name=card.name
        )
    method, loss = (PAIRS, "softmax") if json.loads(facts["pairs"]) else (CLASSIFY, "")
    settings = TuneSettings(method=method, loss=loss, encoder=card.id, max_length=card.max_length)
    model = Trainable.load(card, settings, head_classes(card), device)
    assert model.head is not None
    model.head.load_state_dict(load_file(ready_folder(card) / HEAD))
    model.train(False)
    return model


def _facts(card: EncoderCard) -> dict[str, Any]:
    from safetensors import safe_open

    file = card.folder / HEAD if card.folder else None
    if file is None or not file.is_file():
        return {}
    with safe_open(file, "pt") as tensors:
        return dict(tensors.metadata() or {})
