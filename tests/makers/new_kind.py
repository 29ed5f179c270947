"""Alibaba-NLP/new-impl's `NewModel` in a few lines of plain PyTorch, to hold the mapped one against.

Written from the description of that code: word and token-type embeddings summed and normalised, no position
embedding; in each layer queries, keys and values in one product, rotated by position, the sum normalised after
attention and after a gated product in which the first half is the value and the second the gate.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import gelu, layer_norm, linear, softmax


def new_kind_hidden(weights: dict[str, Tensor], config: dict[str, Any], ids: list[int]) -> Tensor:
    """Return the last hidden state `(tokens, dim)` of one text."""
    named = {name.removeprefix("new."): tensor for name, tensor in weights.items()}
    dim, heads, eps = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    hidden = named["embeddings.word_embeddings.weight"][ids]
    if config["type_vocab_size"]:
        hidden = hidden + named["embeddings.token_type_embeddings.weight"][0]
    hidden = _normalised(hidden, named, "embeddings.LayerNorm", eps)
    angles = torch.outer(torch.arange(len(ids)).float(), _frequencies(config))  # (tokens, width / 2)
    for number in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{number}"
        packed = _product(hidden, named, f"{layer}.attention.qkv_proj").view(len(ids), 3, heads, dim // heads)
        query, key, value = packed.permute(1, 2, 0, 3)  # (heads, tokens, width) each
        scores = _turned(query, angles) @ _turned(key, angles).transpose(1, 2) / (dim // heads) ** 0.5
        seen = (softmax(scores, -1) @ value).transpose(0, 1).reshape(len(ids), dim)
        hidden = hidden + _product(seen, named, f"{layer}.attention.o_proj")
        hidden = _normalised(hidden, named, f"{layer}.attn_ln", eps)
        up, gate = linear(hidden, named[f"{layer}.mlp.up_gate_proj.weight"]).chunk(2, -1)
        hidden = hidden + _product(gelu(gate) * up, named, f"{layer}.mlp.down_proj")
        hidden = _normalised(hidden, named, f"{layer}.mlp_ln", eps)
    return hidden


def _frequencies(config: dict[str, Any]) -> Tensor:
    """Return what each pair of dimensions turns by from one position to the next."""
    width = config["hidden_size"] // config["num_attention_heads"]
    scaling = config["rope_scaling"]
    factor = scaling["factor"] if scaling else 1.0
    base = config["rope_theta"] * factor
    return torch.tensor([base ** (-2 * pair / width) / factor ** (2 / width) for pair in range(width // 2)])


def _turned(vectors: Tensor, angles: Tensor) -> Tensor:
    """Turn dimension i with dimension i + width / 2, as one complex number each."""
    real, imaginary = vectors.chunk(2, -1)
    turned = torch.complex(real, imaginary) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([turned.real, turned.imag], -1)


def _product(hidden: Tensor, named: dict[str, Tensor], name: str) -> Tensor:
    return linear(hidden, named[f"{name}.weight"], named[f"{name}.bias"])


def _normalised(hidden: Tensor, named: dict[str, Tensor], name: str, eps: float) -> Tensor:
    return layer_norm(hidden, hidden.shape[-1:], named[f"{name}.weight"], named[f"{name}.bias"], eps)
