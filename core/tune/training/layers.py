"""Which weights learn, and how fast: freezing, LoRA, and the rates of the layers."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.errors import Message, UserError
from core.locale import N_, P_
from core.tune.settings import LARGE_VOCABULARY, TuneSettings

if TYPE_CHECKING:
    from torch import Tensor, nn

_LORA_SCALE = 2  # alpha over rank


def prepare(model: Any, settings: TuneSettings) -> list[Message]:
    """Freeze and wrap layers as the settings ask; return in sentences what is not trained, and why.

    LoRA (Hu et al. 2021, arXiv:2106.09685) puts a product of two thin matrices beside every linear layer; only
    these learn. Raises `UserError` where more layers are to be frozen than there are.
    """
    if settings.lora_rank:
        from peft import LoraConfig, inject_adapter_in_model

        rank = settings.lora_rank
        options = LoraConfig(
            r=rank, lora_alpha=_LORA_SCALE * rank, lora_dropout=0.0, target_modules="all-linear"
        )
        inject_adapter_in_model(options, model)
        _freeze_layers(model, settings.freeze_layers)
        return [Message(N_("Only LoRA's matrices of rank {rank} are trained, and the head."), {"rank": rank})]
    notes = []
    large = model.config.vocab_size >= LARGE_VOCABULARY
    if settings.freeze_embeddings == "yes" or (
        settings.freeze_embeddings == "auto" and (large or settings.freeze_layers)
    ):
        (getattr(model, "embeddings", None) or model.get_input_embeddings()).requires_grad_(False)
        notes.append(_why_frozen(model.config.vocab_size, settings))
    if settings.freeze_layers:
        _freeze_layers(model, settings.freeze_layers)
        template = P_("The lowest layer is frozen.", "The lowest {n} layers are frozen.")
        notes.append(Message(template, {"n": settings.freeze_layers}))
    return notes


def _why_frozen(pieces: int, settings: TuneSettings) -> Message:
    if settings.freeze_embeddings == "yes":
        return Message(N_("The token embeddings are frozen."))
    if pieces >= LARGE_VOCABULARY:
        return Message(
            N_(
                "The embeddings of the {pieces:,} tokens are frozen: a training sees few of them, and the others "
                "would only cost memory and time."
            ),
            {"pieces": pieces},
        )
    return Message(N_("The token embeddings are frozen, as layers above them are."))


def _freeze_layers(model: Any, count: int) -> None:
    layers = stack(model)
    if count > len(layers):
        raise UserError(
            N_("The encoder has {layers} layers, so {count} cannot be frozen. Choose fewer."),
            layers=len(layers),
            count=count,
        )
    for layer in layers[:count]:
        layer.requires_grad_(False)


def stack(model: Any) -> list[nn.Module]:
    """Return the layers of the encoder, the lowest first."""
    from torch import nn

    count = int(model.config.num_hidden_layers)
    lists = [one for one in model.modules() if isinstance(one, nn.ModuleList) and len(one) == count]
    return list(lists[0]) if lists else []


def trainable(model: nn.Module, head: nn.Module | None) -> dict[str, Tensor]:
    """Return every weight that learns by its name; the head's begin with "head."."""
    named = dict(model.named_parameters()) | {
        f"head.{name}": weight for name, weight in (head.named_parameters() if head else ())
    }
    return {name: weight for name, weight in named.items() if weight.requires_grad}


def merged_tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Yield the encoder's tensors by their names without LoRA, whose products are added to the weights."""
    from peft.tuners.lora import LoraLayer

    if any(isinstance(one, LoraLayer) for one in model.modules()):
        model = copy.deepcopy(model)
        for one in model.modules():
            if isinstance(one, LoraLayer):
                one.merge()
    for name, tensor in model.state_dict().items():
        if "lora_" not in name:
            yield name.replace(".base_layer.", "."), tensor.detach().cpu().contiguous()
