"""The folder that an encoder is loaded from."""

from __future__ import annotations

from pathlib import Path

from core.embed.checkpoint import bundled
from core.embed.encoder_card import EncoderCard, Origin
from core.errors import UserError
from core.locale import N_


def ready_folder(card: EncoderCard) -> Path:
    """Return the folder to load from; the bundled encoder is unpacked if need be.

    Raises `UserError` for an encoder that is not on this machine.
    """
    if card.origin is Origin.BUNDLED:
        return bundled.unpack()
    if card.folder is None:
        raise UserError(N_("The encoder {name} is not on this machine yet. Download it first."), name=card.id)
    return card.folder
