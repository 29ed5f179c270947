"""From a Hugging Face folder to a model and a tokenizer in memory."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embed.checkpoint.architectures import refuse_others, transformers_config
from core.embed.checkpoint.files import read_config, unreadable, weight_files
from core.embed.checkpoint.pickled_weights import safetensors_folder
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.checkpoint.tokenizer import read_tokenizer
from core.embed.encoder_card import EncoderCard
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    import torch


def load_model(card: EncoderCard, dtype: torch.dtype) -> Any:
    """Return the model in evaluation mode, without a pooler; raises `UserError` where it cannot be read.

    Called with `input_ids` and `attention_mask` it gives an object whose `last_hidden_state` holds the token
    vectors; `config.pad_token_id` is its padding token. A folder with pickled weights is converted first.
    """
    from core.embed.checkpoint.bert import bert_config, load_bert

    own = ready_folder(card)
    folder, values = safetensors_folder(own), read_config(own)
    try:
        refuse_others(values, card.name)
        _refuse_quantised(values, card.name)
        sizes = bert_config(values)
        model = load_bert(sizes, weight_files(folder), dtype) if sizes else None
        return _load_with_transformers(card, folder, values, dtype) if model is None else model
    except UserError:
        raise
    except Exception as error:  # transformers raises many kinds for a folder that is damaged or foreign
        raise unreadable(own, error) from error


def load_trainable(card: EncoderCard) -> Any:
    """Return transformers' own model in float32, in evaluation mode; raises `UserError` as `load_model` does."""
    import torch

    own = ready_folder(card)
    folder, values = safetensors_folder(own), read_config(own)
    try:
        refuse_others(values, card.name)
        _refuse_quantised(values, card.name)
        return _load_with_transformers(card, folder, values, torch.float32)
    except UserError:
        raise
    except Exception as error:  # as above
        raise unreadable(own, error) from error


def _load_with_transformers(
    card: EncoderCard, folder: Path, values: dict[str, Any], dtype: torch.dtype
) -> Any:
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()  # it reports tensors of a head, which is left out here
    config = transformers_config(values, card.name)
    kind: Any = AutoModel._model_mapping[type(config)]
    poolerless = "add_pooling_layer" in inspect.signature(kind).parameters
    model, found = AutoModel.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        attn_implementation="sdpa" if kind._supports_sdpa else "eager",
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
        **({"add_pooling_layer": False} if poolerless else {}),
    )
    missing = sorted(name for name in found["missing_keys"] if "pooler" not in name)
    if missing:
        raise UserError(
            N_(
                "The weights of the encoder {name} are incomplete. Missing tensors: {count}, the first is"
                " {first}."
            ),
            name=card.name,
            count=len(missing),
            first=missing[0],
        )
    return model.eval()


def load_tokenizer(card: EncoderCard) -> Any:
    """Return a fast tokenizer that truncates and never pads, so that threads can share it."""
    folder = ready_folder(card)
    try:
        backend = read_tokenizer(folder, card.name)
    except UserError:
        raise
    except Exception as error:  # as above
        raise unreadable(folder, error) from error
    backend.no_padding()
    backend.enable_truncation(card.max_length)
    return backend


def _refuse_quantised(values: dict[str, Any], name: str) -> None:
    """Raise `UserError` for weights in few bits: read as plain numbers they would give wrong vectors."""
    if values.get("quantization_config"):
        raise UserError(
            N_(
                "The weights of {name} are quantised, which the app does not read. Choose the encoder "
                "they were made from, in full or half precision."
            ),
            name=name,
        )
