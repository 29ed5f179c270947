"""The BERT family in plain PyTorch: BERT, RoBERTa, XLM-R and ELECTRA without importing transformers.

Importing transformers' own module takes 2 to 3 s, more than half of the time in which a process with a small
encoder has its first vector (tests/benchmarks/bert.py); once loaded, both are as fast.
What is computed here is what `BertModel` and its like compute up to the last hidden state, with the same
names of the tensors (Devlin et al. 2019, https://arxiv.org/abs/1810.04805); a test holds the two together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

_FIRST_POSITION = {"bert": 0, "electra": 0, "roberta": 1, "xlm-roberta": 1}  # 1: after the padding token's
_DEFAULTS = {"type_vocab_size": 2}
_OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


class Hidden(NamedTuple):
    """What the encoder gives: token vectors `(batch, tokens, dim)`."""

    last_hidden_state: Tensor


class BertConfig(NamedTuple):
    """The sizes of an encoder of the BERT family."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    layer_norm_eps: float
    pad_token_id: int
    first_position: int


def bert_config(values: dict[str, Any]) -> BertConfig | None:
    """Return the sizes that a config.json states, or None where it is of another kind than computed here."""
    kind = values.get("model_type")
    if (
        kind not in _FIRST_POSITION
        or values.get("hidden_act", "gelu") != "gelu"
        or values.get("position_embedding_type", "absolute") != "absolute"
        or values.get("embedding_size", values.get("hidden_size")) != values.get("hidden_size")
    ):
        return None
    sizes: dict[str, Any] = {name: values.get(name, _DEFAULTS.get(name)) for name in BertConfig._fields[:7]}
    pad = values.get("pad_token_id", _FIRST_POSITION[kind]) or 0
    if not all(isinstance(size, int) and size > 0 for size in sizes.values()) or not isinstance(pad, int):
        return None
    return BertConfig(
        **sizes,
        layer_norm_eps=float(values.get("layer_norm_eps", 1e-12)),
        pad_token_id=pad,
        first_position=pad + 1 if _FIRST_POSITION[kind] else 0,
    )


class BertEncoder(nn.Module):
    """An encoder of the BERT family, for inference (no dropout)."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.embeddings = _Embeddings(config)
        self.encoder = _Layers(config)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Hidden:
        """Read `input_ids` `(batch, tokens)`, padded on the right where `attention_mask` of that shape is 0."""
        mask = None if bool(attention_mask.all()) else attention_mask.bool()[:, None, None, :]
        return Hidden(self.encoder(self.embeddings(input_ids), mask))


class _Embeddings(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.first_position = config.first_position
        self.word_embeddings = _table(config.vocab_size, config.hidden_size)
        self.position_embeddings = _table(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = _table(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, config.layer_norm_eps)

    def forward(self, ids: Tensor) -> Tensor:
        first = self.first_position
        hidden = self.word_embeddings(ids) + self.token_type_embeddings.weight[0]
        normalised: Tensor = self.LayerNorm(
            hidden + self.position_embeddings.weight[first : first + ids.shape[1]]
        )
        return normalised


class _Layer(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        dim, wide, eps = config.hidden_size, config.intermediate_size, config.layer_norm_eps
        self.attention = _Attention(dim, config.num_attention_heads, eps)
        self.intermediate = _Dense(dim, wide)
        self.output = _Residual(wide, dim, eps)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        hidden = self.attention(hidden, mask)
        changed: Tensor = self.output(functional.gelu(self.intermediate.dense(hidden)), hidden)
        return changed


class _Attention(nn.Module):
    def __init__(self, dim: int, heads: int, eps: float) -> None:
        super().__init__()
        self.heads = heads
        self.self = _Projections(dim)
        self.output = _Residual(dim, dim, eps)

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        batch, tokens, dim = hidden.shape
        query, key, value = (
            part(hidden).view(batch, tokens, self.heads, -1).transpose(1, 2)  # (batch, heads, tokens, width)
            for part in (self.self.query, self.self.key, self.self.value)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        changed: Tensor = self.output(seen.transpose(1, 2).reshape(batch, tokens, dim), hidden)
        return changed


class _Projections(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)


class _Dense(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.dense = nn.Linear(inputs, outputs)


class _Residual(_Dense):
    def __init__(self, inputs: int, outputs: int, eps: float) -> None:
        super().__init__(inputs, outputs)
        self.LayerNorm = nn.LayerNorm(outputs, eps)

    def forward(self, change: Tensor, hidden: Tensor) -> Tensor:
        normalised: Tensor = self.LayerNorm(self.dense(change) + hidden)
        return normalised


class _Layers(nn.Module):
    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.layer = nn.ModuleList(_Layer(config) for _ in range(config.num_hidden_layers))

    def forward(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        for layer in self.layer:
            hidden = layer(hidden, mask)
        return hidden


def _table(rows: int, width: int) -> nn.Embedding:
    """Return an embedding not drawn at random: drawing on the device "meta" imports torch's compiler (1 s)."""
    return nn.Embedding(rows, width, _weight=torch.empty(rows, width))


def load_bert(config: BertConfig, files: list[Path], dtype: torch.dtype) -> BertEncoder | None:
    """Return the encoder with the weights of safetensors files, or None where they are not just its own.

    Raises what safetensors raises for a damaged file. Weights of the wanted type stay mapped to the file.
    """
    from safetensors.torch import load_file

    stored: dict[str, Tensor] = {}
    for file in files:
        if file.suffix == ".safetensors":
            stored |= load_file(file)
    with torch.device("meta"):
        encoder = BertEncoder(config)
    named = _without_prefix(stored)
    wanted = {name: tensor.shape for name, tensor in encoder.state_dict().items()}
    if any(name not in named or named[name].shape != shape for name, shape in wanted.items()):
        return None
    encoder.load_state_dict({name: named[name].to(dtype) for name in wanted}, assign=True)
    return encoder.requires_grad_(False).eval()


def _without_prefix(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors by their names in the bare encoder: no "bert." before them, no "gamma" in them."""
    first = "embeddings.word_embeddings.weight"
    prefix = next((name.removesuffix(first) for name in stored if name.endswith(first)), "")
    named = {name.removeprefix(prefix): tensor for name, tensor in stored.items() if name.startswith(prefix)}
    for old, new in _OLD_NAMES.items():
        named = {name.replace(old, new): tensor for name, tensor in named.items()}
    return named
