"""An encoder in memory: texts in, one vector per text and pooling out."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.embed.checkpoint.fingerprint import fingerprint
from core.embed.checkpoint.loading import load_model, load_tokenizer
from core.embed.encoder_card import EncoderCard
from core.embed.pooling import POOLINGS, pool_all
from core.embed.runtime import loaded
from core.embed.runtime.device import best_device
from core.embed.runtime.memory import is_out_of_memory, require_memory
from core.embed.runtime.parallel import in_parallel
from core.embed.runtime.precision import CHECK_TEXTS, known_dtype, settle_dtype

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

TOKEN_BUDGET = {"cpu": 1_024, "mps": 8_192, "cuda": 32_768}  # tokens in a batch, padding included
_TOKENIZE = 4_096  # texts handed to the tokenizer at once


@dataclass(frozen=True)
class Batch:
    """Vectors of some of the texts.

    `indices` `(b,)` are their places in the sequence given, `vectors` `(poolings, b, dim)` float32 in the
    order of `POOLINGS`, `fraction` the share of all characters done with this batch, `truncated` how many texts
    were cut.
    """

    indices: np.ndarray
    vectors: np.ndarray
    fraction: float
    truncated: int


@dataclass(frozen=True)
class _Tokens:
    """A batch before it is embedded: as in `Batch`, with the token numbers of each text."""

    indices: np.ndarray
    ids: list[list[int]]
    fraction: float
    truncated: int


def encoder_key(card: EncoderCard, file_hash: str, dtype: str) -> str:
    """Return the key of everything that changes a vector except text and pooling."""
    parts = "\n".join([file_hash, dtype, card.prefix, str(card.max_length)] + ["unit"] * card.normalised)
    return hashlib.sha256(parts.encode()).hexdigest()


class Encoder:
    """A loaded encoder. Make one with `load_encoder`, which shares it within the process.

    Safe to use from several threads at once: nothing is changed after construction.
    """

    def __init__(self, card: EncoderCard, file_hash: str, model: Any, tokenizer: Any, device: str) -> None:
        self.card = card
        self.file_hash = file_hash
        self.device = device
        self._tokenizer = tokenizer
        self._model = model
        self._pad = int(getattr(model.config, "pad_token_id", None) or 0)
        self.dim = card.dim

    @classmethod
    def load(cls, card: EncoderCard, device: str = "auto", dtype: str = "") -> Encoder:
        """Load from the card's folder in the fastest number type that agrees with float32, or in the one given.

        Raises `UserError` where the folder cannot be read as an encoder, or is too large for memory.
        """
        import torch

        device = best_device() if device == "auto" else device
        require_memory(card, device)
        file_hash = fingerprint(card)
        known = dtype or known_dtype(file_hash, device)
        model = load_model(card, getattr(torch, known) if known else torch.float32).to(device)
        encoder = cls(card, file_hash, model, load_tokenizer(card), device)
        if known is None:
            encoder._model = settle_dtype(model, file_hash, device, encoder._check_vectors)
        return encoder

    @property
    def dtype(self) -> str:
        """The number type of the weights, such as "bfloat16"."""
        return str(next(self._model.parameters()).dtype).removeprefix("torch.")

    @property
    def key(self) -> str:
        """The key of this encoder's vectors in the store."""
        return encoder_key(self.card, self.file_hash, self.dtype)

    @property
    def device_name(self) -> str:
        """The device as a reader knows it, such as "CPU" or "CUDA (NVIDIA H200)"."""
        if self.device != "cuda":
            return self.device.upper()
        import torch

        return f"CUDA ({torch.cuda.get_device_name()})"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the vectors of a few texts in all poolings, `(poolings, n, dim)` float32.

        One batch is read on one core: where others compute too, as a running job does, two would wait for each other.
        """
        vectors = np.empty((len(POOLINGS), len(texts), self.dim), np.float32)
        for batch in self.encode_batches(texts):
            vectors[:, batch.indices] = batch.vectors
        return vectors

    def characters_read(self, text: str) -> int:
        """Return how many characters of a text are read, from its start: all, unless it has too many tokens."""
        encoding = self._tokenizer.encode(self.card.prefix + text)
        if not encoding.overflowing:
            return len(text)
        end: int = max(end for _start, end in encoding.offsets)
        return max(end - len(self.card.prefix), 0)

    def encode_batches(self, texts: Sequence[str]) -> Iterator[Batch]:
        """Yield the vectors of many texts batch by batch, about the longest first, on all cores."""
        threads = _torch_threads() if self.device == "cpu" else 1
        return in_parallel(self._embedded, self._batches(texts), threads)

    def _batches(self, texts: Sequence[str]) -> Iterator[_Tokens]:
        """Yield batches of similar length: sorted by characters at first, then by tokens within a stretch."""
        characters = np.array([len(text) for text in texts], np.int64)
        order = np.argsort(-characters, kind="stable")
        done, total = 0, max(int(characters.sum()), 1)
        for start in range(0, len(order), _TOKENIZE):
            stretch = order[start : start + _TOKENIZE]
            ids, cut = self._tokenize([texts[i] for i in stretch])
            lengths = np.array([len(i) for i in ids], np.int64)
            longest = np.argsort(-lengths, kind="stable")
            while len(longest):
                size = max(1, TOKEN_BUDGET[self.device] // int(lengths[longest[0]]))
                some, longest = longest[:size], longest[size:]
                done += int(characters[stretch[some]].sum())
                yield _Tokens(stretch[some], [ids[i] for i in some], done / total, int(cut[some].sum()))

    def _embedded(self, batch: _Tokens) -> Batch:
        return Batch(batch.indices, self._pooled_within_memory(batch.ids), batch.fraction, batch.truncated)

    def _tokenize(self, texts: Sequence[str]) -> tuple[list[list[int]], np.ndarray]:
        encodings = self._tokenizer.encode_batch([self.card.prefix + text for text in texts])
        return [e.ids for e in encodings], np.array([bool(e.overflowing) for e in encodings], bool)

    def _pooled_within_memory(self, ids: list[list[int]]) -> np.ndarray:
        """Halve the batch down to one text, then go to the CPU, while the memory does not suffice."""
        import torch

        try:
            return self._pooled(self._model, ids)
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_out_of_memory(error) or (len(ids) == 1 and self.device == "cpu"):
                raise
        if len(ids) == 1:
            log.warning(
                "a text of %d tokens does not fit on %s: it goes to the CPU", len(ids[0]), self.device
            )
            spare = load_encoder(self.card, "cpu")
            return spare._pooled(spare._model, ids)
        half = len(ids) // 2
        log.info("out of memory on %s: a batch of %d is halved", self.device, len(ids))
        return np.concatenate([self._pooled_within_memory(part) for part in (ids[:half], ids[half:])], axis=1)

    def _pooled(self, model: Any, ids: list[list[int]]) -> np.ndarray:
        import torch

        longest = max(map(len, ids))
        tokens = np.full((len(ids), longest), self._pad, np.int64)
        mask = np.zeros((len(ids), longest), np.int64)
        for row, text in enumerate(ids):
            tokens[row, : len(text)] = text
            mask[row, : len(text)] = 1
        with torch.inference_mode():
            on_device = {"input_ids": torch.from_numpy(tokens), "attention_mask": torch.from_numpy(mask)}
            on_device = {name: tensor.to(self.device) for name, tensor in on_device.items()}
            hidden = model(**on_device).last_hidden_state.float()  # (batch, tokens, dim)
            pooled = pool_all(hidden, on_device["attention_mask"])  # (poolings, batch, dim)
            if self.card.normalised:
                pooled = torch.nn.functional.normalize(pooled, dim=-1)
            return pooled.cpu().numpy()

    def _check_vectors(self, model: torch.nn.Module) -> np.ndarray:
        return self._pooled(model, self._tokenize(CHECK_TEXTS)[0])


def _torch_threads() -> int:
    import torch

    return torch.get_num_threads()


_loading: dict[loaded.Key, threading.Lock] = {}
_lock = threading.Lock()


def load_encoder(card: EncoderCard, device: str = "auto", dtype: str = "") -> Encoder:
    """Return this process's encoder for the card, loaded at the first call and shared by all threads.

    With a `dtype` it computes in that number type, not in the one that is best here.

    An encoder that is loaded already is returned at once, also while another one is being loaded. Where the
    next one does not fit beside those in memory, they are let go. Raises what `Encoder.load` raises.
    """
    key = (fingerprint(card), card.prefix, card.max_length, f"{device} {dtype}".strip())
    found: Encoder | None = loaded.cached(key)
    if found is not None:
        return found
    with _lock:
        turn = _loading.setdefault(key, threading.Lock())
    with turn:
        encoder: Encoder = loaded.cached(key) or Encoder.load(card, device, dtype)
        loaded.cache(key, encoder)
    return encoder
