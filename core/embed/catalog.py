"""Which encoders there are: bundled, known by name, downloaded, tuned here, and any local folder."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.embed.catalog_entries import ENTRIES, MULTILINGUAL
from core.embed.checkpoint import bundled, hub
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.path import local_folder, refuse_path
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import EncoderCard, Origin
from core.embed.seen import TUNED, read
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_
from core.settings import settings

log = logging.getLogger(__name__)

_ENTRIES = {entry.id: entry for entry in ENTRIES}
_POOLING_FILES = ("modules.json", "1_Pooling/config.json")
_NAMED = 3  # encoders that the error for an unknown name lists


def cards() -> list[EncoderCard]:
    """Return the catalog, available or not: bundled, known by name, others from the hub, tuned here.

    Reads small files of what is on this machine and asks no network.
    """
    return [_bundled_card(), *map(_entry_card, ENTRIES), *_other_cards(), *_tuned_cards()]


def resolve(name: str) -> EncoderCard:
    """Return the card of a catalog entry's id, of a local folder's path, or of a hub id that was downloaded.

    An entry that is not on this machine has a card without a folder. Raises `UserError` for a hub id outside
    the catalog that is not on this machine (`fetch` downloads it), for a path where no folder is that may be
    read, for any other unknown name, and for a folder that holds no encoder.
    """
    card = _find(name)
    if card is not None:
        return card
    refuse_path(name)
    if names_a_hub_encoder(name):
        raise UserError(
            N_(
                "The encoder {name} is not on this machine. Download it first, or give the path of a local "
                "Hugging Face folder."
            ),
            name=name,
        )
    first = [bundled.NAME, *_ENTRIES][:_NAMED]
    raise UserError(
        N_(
            "There is no encoder named {name}. Choose one of the catalog ({names} and {more} more), or give a "
            "hub id such as organisation/encoder or the path of a local folder."
        ),
        name=name,
        names=", ".join(first),
        more=len(_ENTRIES) + 1 - len(first),
    )


def fetch(name: str, report: Report = silent) -> EncoderCard:
    """Return the card of an encoder that can be used now, downloaded from the hub where it is not here.

    Raises what `resolve` and `hub.download` raise; `report` may raise `Cancelled`.
    """
    card = _find(name)
    if card is not None and card.available:
        return card
    if card is None and not names_a_hub_encoder(name):
        return resolve(name)  # raises the sentence for an unknown name
    if card is not None and card.origin is not Origin.HUB:
        ready_folder(card)  # raises the reason: the bundled encoder's package is not installed
    return _hub_card(name, card_of_folder(hub.download(name, report)))


def names_a_hub_encoder(name: str) -> bool:
    """Return whether a hub can be asked for the name: it reads as organisation/encoder and is not here yet.

    A bare word is more likely a slip. Where this is False, what `resolve` raises is the reason to show: an
    encoder that was downloaded and cannot be used has its own.
    """
    return "/" in name and hub.is_hub_id(name) and hub.local_snapshot(name) is None


def _find(name: str) -> EncoderCard | None:
    """Return the card of a name that is in the catalog, a local folder or on this machine; else None."""
    if name == bundled.NAME:
        return _bundled_card()
    if name in _ENTRIES:
        return _entry_card(_ENTRIES[name])
    if name.startswith(TUNED):
        return next((card for card in _tuned_cards() if card.id == name), None)
    folder = local_folder(name)
    if folder is not None:
        return card_of_folder(folder)
    snapshot = hub.local_snapshot(name) if hub.is_hub_id(name) else None
    return _hub_card(name, card_of_folder(snapshot)) if snapshot else None


def _bundled_card() -> EncoderCard:
    available = bundled.source_file() is not None or bundled.bundled_folder().is_dir()
    return EncoderCard(
        id=bundled.NAME,
        name=bundled.NAME,
        folder=bundled.bundled_folder() if available else None,
        dim=bundled.DIM,
        origin=Origin.BUNDLED,
        prefix=bundled.PREFIX,
        max_length=bundled.LONGEST,
        family="BERT",
        tokenizer="SentencePiece",
        parameters=117_505_920,
        megabytes=470,
        licence="MIT",
        domain=MULTILINGUAL,
        best=N_(
            "Comes with the app and needs no network: small, fast, reads Korean and 100 other languages."
        ),
        worst=N_("Misses fine distinctions that larger encoders see. Its cosines lie between 0.7 and 1."),
        source="https://huggingface.co/intfloat/multilingual-e5-small",
    )


def _entry_card(entry: EncoderCard) -> EncoderCard:
    """Return a known encoder's card, with what its own files say where it is on this machine."""
    folder = hub.local_snapshot(entry.id)
    found = _readable(folder) if folder else None
    return _hub_card(entry.id, found) if found else entry


def _hub_card(name: str, found: EncoderCard) -> EncoderCard:
    """Return the card of a hub encoder from that of its folder: its files state the facts, we the sentences.

    A folder without sentence-transformers' files says nothing of pooling and length 1, one without a default
    prompt nothing of a prefix: there our entry stands.
    """
    entry = _ENTRIES.get(name)
    if entry is None or found.folder is None:
        source = f"https://huggingface.co/{name}"
        return replace(found, id=name, name=name, origin=Origin.HUB, source=source)
    pooled = any((found.folder / file).is_file() for file in _POOLING_FILES)
    return replace(
        entry,
        folder=found.folder,
        dim=found.dim,
        max_length=found.max_length,
        pooling=found.pooling if pooled else entry.pooling,
        normalised=found.normalised if pooled else entry.normalised,
        prefix=found.prefix or entry.prefix,
        tokenizer=entry.tokenizer or found.tokenizer,
        notice=found.notice,
    )


def _other_cards() -> Iterator[EncoderCard]:
    """Yield the cards of hub encoders on this machine that are not in the catalog."""
    for name in hub.cached_ids():
        folder = None if name in _ENTRIES else hub.local_snapshot(name)
        found = _readable(folder) if folder else None
        if found is not None:
            yield _hub_card(name, found)


def _tuned_cards() -> Iterator[EncoderCard]:
    """Yield the cards of the encoders tuned in the app, by name."""
    home = settings().home / "encoders" / "tuned"
    for folder in sorted(home.iterdir()) if home.is_dir() else ():
        found = _readable(folder) if folder.is_dir() else None
        if found is not None:
            yield _tuned_card(found)


def _tuned_card(found: EncoderCard) -> EncoderCard:
    """Return a tuned encoder's card from that of its folder, with what it was tuned on."""
    assert found.folder is not None
    name = found.folder.name
    seen = read(found.folder)
    return replace(
        found,
        id=TUNED + name,
        name=name,
        origin=Origin.TUNED,
        tuned_on=None if seen is None else seen.words,
    )


def _readable(folder: Path) -> EncoderCard | None:
    """Return the folder's card; one that holds no encoder is logged and left out."""
    try:
        return card_of_folder(folder)
    except (UserError, OSError) as error:
        log.warning("%s is left out of the catalog: %s", folder, error)
        return None
