"""From a Hugging Face folder to a model and a tokenizer in memory."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from core.embed.card import EncoderCard
from core.errors import UserError
from core.locale import N_

if TYPE_CHECKING:
    import torch


def load_model(card: EncoderCard, dtype: torch.dtype) -> Any:
    """Return the model in evaluation mode, without a pooler; raises `UserError` where it cannot be read."""
    from transformers import AutoConfig, AutoModel
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    folder = card.ready_folder()
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
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
    except Exception as error:  # transformers raises many kinds for a folder that is damaged or foreign
        raise _unreadable(card, error) from error
    missing = sorted(name for name in found["missing_keys"] if "pooler" not in name)
    if missing:
        raise UserError(
            N_("The weights of the encoder {name} lack {count} of its tensors, the first of them {first}."),
            name=card.name,
            count=len(missing),
            first=missing[0],
        )
    return model.eval()


def load_tokenizer(card: EncoderCard) -> Any:
    """Return a fast tokenizer that truncates and never pads, so that threads can share it."""
    from transformers import AutoTokenizer

    folder = card.ready_folder()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        backend = tokenizer.backend_tokenizer
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
