"""Headlines to vectors, through the store: each distinct headline is embedded once, ever."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np

from core.embed.catalog import fetch, resolve
from core.embed.checkpoint.fingerprint import fingerprint
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import EncoderCard
from core.embed.pooling import MEAN, pooling_named, pooling_row
from core.embed.runtime.device import known_device
from core.embed.runtime.encoder import Encoder, encoder_key, load_encoder
from core.embed.runtime.precision import known_dtype
from core.embed.store.vector_store import Space, VectorStore
from core.errors import UserError
from core.jobs import Report, silent
from core.locale import N_

_AT_ONCE = 10_000  # rows copied at once
_storing = ContextVar("storing", default=True)


@dataclass(frozen=True, eq=False)
class Embedding:
    """The vectors of a list of texts and how they came about.

    `vectors` is `(rows, dim)` float32, C-contiguous and read-only, one row per text given. `distinct` texts
    were needed, `embedded` of them now, the others `from_store`; `seconds` and `per_second` are of those
    embedded now; `truncated` of them were longer than the encoder reads. `device` and `dtype` are those of
    the computation, or of the stored vectors where nothing was computed.
    """

    vectors: np.ndarray
    encoder: str
    pooling: str
    rows: int
    distinct: int
    embedded: int
    from_store: int
    dim: int
    seconds: float
    per_second: float
    device: str
    dtype: str
    truncated: int


@dataclass(frozen=True)
class Source:
    """Where vectors belong in the store, and with which device and number type they are made."""

    space: Space
    device: str
    dtype: str

    @classmethod
    def known(cls, card: EncoderCard) -> Source | None:
        """Return what this machine used last, without loading the encoder; None where it never ran here."""
        device = known_device()
        file_hash = fingerprint(card) if device else ""
        dtype = known_dtype(file_hash, device) if device else None
        if not device or not dtype:
            return None
        return cls(Space(encoder_key(card, file_hash, dtype), card.name, card.dim), device.upper(), dtype)

    @classmethod
    def of(cls, encoder: Encoder) -> Source:
        """Return the source that a loaded encoder is."""
        space = Space(encoder.key, encoder.card.name, encoder.dim)
        return cls(space, encoder.device_name, encoder.dtype)


def embed(texts: Sequence[str], encoder_name: str, pooling: str = MEAN, report: Report = silent) -> Embedding:
    """Embed every text, computing only the vectors that the store does not hold.

    Each batch is in the store before progress is reported; a job that is cancelled or killed loses the few
    batches that are being computed (at most two more than there are cores). The encoder is not loaded where
    everything is in the store, and one of the hub that is not on this machine is downloaded first.

    Raises `UserError` for an unknown encoder or pooling, one that cannot be fetched, is unreadable or too large
    for memory, and a full disk; `report` may raise `Cancelled`.
    """
    return embed_by(fetch(encoder_name, report), texts, pooling, report)


@contextmanager
def without_storing() -> Iterator[None]:
    """Within the context, embed without adding to the store: the texts are of no table and do not come back."""
    token = _storing.set(False)
    try:
        yield
    finally:
        _storing.reset(token)


def embed_by(
    card: EncoderCard, texts: Sequence[str], pooling: str = MEAN, report: Report = silent
) -> Embedding:
    """Embed as `embed` does, by the encoder of a card that is on this machine."""
    kind = pooling_named(pooling).key
    if not card.ready:
        report(0.0, N_("Unpacking the encoder, once"))
        ready_folder(card)
    distinct, rows = distinct_texts(texts)
    room, found = np.zeros((len(rows), card.dim), np.float32), np.zeros(len(distinct), bool)
    vectors = room[: len(distinct)]
    embedded = truncated = 0
    seconds = 0.0
    with VectorStore() as store:
        source = Source.known(card)
        if source:
            _vectors, found = store.get(source.space, kind, distinct, vectors)
        if source is None or not found.all():
            report(0.0, N_("Loading the encoder {name}"), name=card.name)
            encoder = load_encoder(card)
            source, before = Source.of(encoder), source
            if source != before:
                _vectors, found = store.get(source.space, kind, distinct, vectors)
            start = time.perf_counter()
            missing = np.flatnonzero(~found)
            wanted = [distinct[i] for i in missing]
            for batch in encoder.encode_batches(wanted):
                if _storing.get():
                    store.put(source.space, [wanted[i] for i in batch.indices], batch.vectors)
                vectors[missing[batch.indices]] = batch.vectors[pooling_row(kind)]
                embedded += len(batch.indices)
                truncated += batch.truncated
                seconds = time.perf_counter() - start
                report(
                    batch.fraction,
                    N_("Embedding: {done:,} of {total:,} headlines, {speed:.0f} per second"),
                    done=embedded,
                    total=len(wanted),
                    speed=embedded / seconds,
                )
    return Embedding(
        vectors=_scattered(room, rows),
        encoder=card.id,
        pooling=kind,
        rows=len(texts),
        distinct=len(distinct),
        embedded=embedded,
        from_store=len(distinct) - embedded,
        dim=card.dim,
        seconds=seconds,
        per_second=embedded / seconds if seconds else 0.0,
        device=source.device,
        dtype=source.dtype,
        truncated=truncated,
    )


def vectors_if_stored(texts: Sequence[str], encoder_name: str, pooling: str = MEAN) -> np.ndarray | None:
    """Return the vectors `(rows, dim)`, read-only, if the store holds every one; None where any is missing.

    Loads and unpacks no encoder. Raises `UserError` for an unknown encoder or pooling.
    """
    card, kind = resolve(encoder_name), pooling_named(pooling).key
    source = Source.known(card) if card.ready else None
    if source is None:
        return None
    distinct, rows = distinct_texts(texts)
    room = np.zeros((len(rows), card.dim), np.float32)
    with VectorStore() as store:
        _vectors, found = store.get(source.space, kind, distinct, room[: len(distinct)])
    return _scattered(room, rows) if found.all() else None


def space_key(encoder_name: str) -> str:
    """Return a key of the encoder's content as used here: two keys that differ name vectors that may differ.

    It is the store's key where the encoder has run on this machine, else one made of its files. Loads and
    unpacks no encoder, and reads a file again only where it changed. Raises `UserError` for an unknown encoder,
    for one that is not on this machine, and for the bundled one before it was first unpacked.
    """
    card = resolve(encoder_name)
    if card.available and not card.ready:
        raise UserError(
            N_(
                "The encoder {name} is not unpacked yet. It is unpacked when headlines are first embedded"
                " with it."
            ),
            name=card.name,
        )
    source = Source.known(card)
    return source.space.encoder if source else encoder_key(card, fingerprint(card), "")


def canonical(text: str) -> str:
    """Return the text as it is embedded and keyed: NFC, a lone surrogate replaced by a question mark."""
    return unicodedata.normalize("NFC", text).encode("utf-8", "replace").decode()


def distinct_texts(texts: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the distinct texts in order of appearance, and the number of each row's text, `(rows,)`."""
    number: dict[str, int] = {}
    rows = np.fromiter(
        (number.setdefault(canonical(text), len(number)) for text in texts), np.int64, len(texts)
    )
    return list(number), rows


def _scattered(room: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Copy the vector of each row's text to the row, within the one array, and make it read-only.

    The first rows of `room` `(rows, dim)` hold the vectors of the distinct texts. These are numbered as they
    appear, so no row comes before its text's number, and from the last row on no vector is lost.
    """
    for stop in range(len(rows), 0, -_AT_ONCE):
        some = slice(max(stop - _AT_ONCE, 0), stop)
        room[some] = room[rows[some]]
    room.flags.writeable = False
    return room
