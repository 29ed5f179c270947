"""Which encoders there are: the bundled one, those of the hub that are known here, and local folders."""

from __future__ import annotations

from pathlib import Path

from core.embed import bundled
from core.embed.card import EncoderCard, Origin
from core.embed.folder import card_of_folder
from core.errors import UserError
from core.locale import N_


def cards() -> list[EncoderCard]:
    """Return the catalog, available or not."""
    available = bundled.source_file() is not None or bundled.bundled_folder().is_dir()
    return [
        EncoderCard(
            id=bundled.NAME,
            name="multilingual-e5-small",
            folder=bundled.bundled_folder() if available else None,
            dim=bundled.DIM,
            origin=Origin.BUNDLED,
            prefix=bundled.PREFIX,
            max_length=bundled.LONGEST,
            licence="MIT",
            megabytes=470,
            best=N_(
                "Comes with the app and needs no network: small, fast, reads Korean and 100 other languages."
            ),
        )
    ]


def resolve(name: str) -> EncoderCard:
    """Return the card of a catalog entry's id or of a local folder's path.

    Raises `UserError` for a name that is neither, and for a folder without config, tokenizer or safetensors.
    """
    catalog = {card.id: card for card in cards()}
    if name in catalog:
        return catalog[name]
    folder = Path(name).expanduser()
    if "\0" in name or not name.strip() or not folder.is_dir():
        raise UserError(
            N_("There is no encoder named {name}. Choose one of: {names}; or give a local folder's path."),
            name=name,
            names=", ".join(catalog),
        )
    return card_of_folder(folder.resolve())
