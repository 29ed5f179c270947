"""Writing an encoder as Hugging Face and sentence-transformers have it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.embed.classifier import HEAD
from core.embed.encoder_card import EncoderCard
from core.tune.settings import TuneSettings
from core.tune.training.layers import merged_tensors

if TYPE_CHECKING:
    import torch

_UNKNOWN = ("[UNK]", "<unk>")
_MODULE = "sentence_transformers.models."


def save(folder: Path, card: EncoderCard, settings: TuneSettings, model: Any, tokenizer: Any) -> None:
    """Write config, weights in float32, tokenizer, pooling and prompt. Texts are cut where training cut them."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file(dict(merged_tensors(model)), folder / "model.safetensors", metadata={"format": "pt"})
    model.config.architectures, model.config.dtype = [type(model).__name__], "float32"
    model.config.save_pretrained(folder)
    _save_tokenizer(folder, tokenizer, settings.max_length, int(model.config.pad_token_id or 0))
    modules = ["Transformer", "Pooling", *["Normalize"] * card.normalised]
    _write(
        folder / "modules.json",
        [
            {"idx": k, "name": str(k), "path": f"{k}_{name}" if k else "", "type": _MODULE + name}
            for k, name in enumerate(modules)
        ],
    )
    _write(
        folder / "sentence_bert_config.json", {"max_seq_length": settings.max_length, "do_lower_case": False}
    )
    _write(
        folder / "1_Pooling" / "config.json",
        {"embedding_dimension": card.dim, "pooling_mode": settings.pooling, "include_prompt": True},
    )
    if card.normalised:
        (folder / "2_Normalize").mkdir(exist_ok=True)
    prompt = (
        {"prompts": {"text": card.prefix}, "default_prompt_name": "text"} if card.prefix else {"prompts": {}}
    )
    _write(folder / "config_sentence_transformers.json", {"similarity_fn_name": "cosine", **prompt})


def _save_tokenizer(folder: Path, backend: Any, longest: int, pad: int) -> None:
    """Write the tokenizer as it is, in the one form that every reader takes without building it anew."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer.from_str(backend.to_str())
    backend.no_truncation()
    ends = backend.encode("").tokens
    names = {"pad_token": backend.id_to_token(pad)}
    if len(ends) == 2:
        names |= dict(zip(("cls_token", "sep_token"), ends, strict=True))
    unknown = next((token for token in _UNKNOWN if backend.token_to_id(token) is not None), None)
    if unknown is not None:
        names["unk_token"] = unknown
    PreTrainedTokenizerFast(
        tokenizer_object=backend,
        model_max_length=longest,
        model_input_names=["input_ids", "attention_mask"],
        **names,
    ).save_pretrained(folder)


def save_head(folder: Path, head: torch.nn.Module, classes: tuple[str, ...], pairs: bool) -> None:
    """Write the head's weights; the file's metadata names the classes in the order of its outputs."""
    from safetensors.torch import save_file

    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in head.state_dict().items()}
    facts = {"classes": json.dumps(classes, ensure_ascii=False), "pairs": json.dumps(pairs)}
    save_file(tensors, folder / HEAD, metadata=facts)


def _write(path: Path, values: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2), encoding="utf-8")
