"""From a Hugging Face folder to a model and a tokenizer in memory."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embed.card import EncoderCard
from core.embed.convert import safetensors_folder
from core.embed.folder import read_config, weight_files
from core.embed.kinds import native_config, not_an_encoder, refuse_others
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    import torch


def load_model(card: EncoderCard, dtype: torch.dtype) -> Any:
    """Return the model in evaluation mode, without a pooler; raises `UserError` where it cannot be read.

    Called with `input_ids` and `attention_mask` it gives an object whose `last_hidden_state` holds the token
    vectors; `config.pad_token_id` is its padding token. A folder with pickled weights is converted first.
    """
    from core.embed.bert import bert_config, load_bert

    folder = safetensors_folder(card.ready_folder())
    values = read_config(folder)
    refuse_others(values, card.name)
    sizes = bert_config(values)
    try:
        model = load_bert(sizes, weight_files(folder), dtype) if sizes else None
        return _load_with_transformers(card, folder, values, dtype) if model is None else model
    except UserError:
        raise
    except Exception as error:  # transformers raises many kinds for a folder that is damaged or foreign
        raise _unreadable(card, error) from error


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
        local_files_only=True,
        trust_remote_code=False,
        use_safetensors=True,
        output_loading_info=True,
        **({"add_pooling_layer": False} if poolerless else {}),
    )
    missing = sorted(name for name in found["missing_keys"] if "pooler" not in name)
    if missing:
        raise UserError(
            N_("The weights of the encoder {name} lack {count} of its tensors, the first of them {first}."),
            name=card.name,
            count=len(missing),
            first=missing[0],
        )
    return model.eval()


def transformers_config(values: dict[str, Any], name: str) -> Any:
    """Return the config object of transformers for a config.json's values.

    Raises `UserError` for a kind that transformers does not know, and for one that is no encoder.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    values = native_config(values, name)
    kind = str(values.get("model_type") or "?")
    if kind not in CONFIG_MAPPING_NAMES:
        raise UserError(
            N_(
                "{name} could not be loaded: transformers does not know its kind {kind}, "
                "and code that comes with an encoder is never run here."
            ),
            name=name,
            kind=kind,
        )
    if kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise not_an_encoder(name, kind)
    return CONFIG_MAPPING[kind].from_dict(dict(values))


def load_tokenizer(card: EncoderCard) -> Any:
    """Return a fast tokenizer that truncates and never pads, so that threads can share it."""
    from core.embed.tokenizing import read_tokenizer

    folder = card.ready_folder()
    try:
        backend = read_tokenizer(folder, card.name)
    except UserError:
        raise
    except Exception as error:  # as above
        raise _unreadable(card, error) from error
    backend.no_padding()
    backend.enable_truncation(card.max_length)
    return backend


def _unreadable(card: EncoderCard, error: Exception) -> UserError:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UserError(
        N_("The encoder in {folder} could not be loaded: {reason}"), folder=str(card.folder), reason=reason
    )
