"""Reading what a Hugging Face folder says of its encoder, without loading it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.embed.card import LONGEST, EncoderCard
from core.embed.pooling import Pooling
from core.errors import UserError
from core.locale import N_

_OFFSET_POSITIONS = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer"}
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt")


def card_of_folder(folder: Path) -> EncoderCard:
    """Read the card of a Hugging Face folder from its JSON files.

    Its own pooling is the one sentence-transformers would use (mean where that is none of ours), its prefix
    the prompt that sentence-transformers puts before a text by default.
    """
    if not (folder / "config.json").is_file():
        raise UserError(
            N_("The folder {folder} holds no config.json: it is not a Hugging Face encoder."),
            folder=str(folder),
        )
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        raise UserError(
            N_("The folder {folder} holds no tokenizer. Add the encoder's tokenizer.json or vocab.txt."),
            folder=str(folder),
        )
    weights = weight_files(folder)
    if not weights:
        raise UserError(
            N_("The folder {folder} holds no weights in safetensors. Save the encoder as model.safetensors."),
            folder=str(folder),
        )
    config = _json(folder / "config.json")
    dim = config.get("hidden_size") or config.get("dim") or config.get("d_model")
    if not isinstance(dim, int):
        raise UserError(
            N_("The config.json in {folder} does not state the encoder's hidden_size."), folder=str(folder)
        )
    return EncoderCard(
        id=str(folder),
        name=folder.name,
        folder=folder,
        dim=dim,
        pooling=_own_pooling(folder),
        prefix=_prefix(folder),
        max_length=_max_length(folder, config),
        megabytes=round(sum(file.stat().st_size for file in weights) / 1e6),
    )


def weight_files(folder: Path) -> list[Path]:
    """Return the files that transformers reads the weights from: one, or the shards that an index names."""
    single, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if single.is_file():
        return [single]
    if not index.is_file():
        return []
    shards = [folder / Path(name).name for name in sorted(set(_json(index).get("weight_map", {}).values()))]
    return [index, *shards] if shards and all(shard.is_file() for shard in shards) else []


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(
            N_("The file {file} is not valid JSON: {reason}."), file=str(path), reason=str(error)
        ) from error
    return values if isinstance(values, dict) else {}


def _own_pooling(folder: Path) -> Pooling:
    config = _json(folder / "1_Pooling" / "config.json")
    if config.get("pooling_mode") in set(Pooling):
        return Pooling(config["pooling_mode"])
    if config.get("pooling_mode_cls_token"):
        return Pooling.CLS
    return Pooling.MAX if config.get("pooling_mode_max_tokens") else Pooling.MEAN


def _prefix(folder: Path) -> str:
    config = _json(folder / "config_sentence_transformers.json")
    prompts = config.get("prompts")
    default = config.get("default_prompt_name")
    return str(prompts.get(default) or "") if isinstance(prompts, dict) and default else ""


def _max_length(folder: Path, config: dict[str, Any]) -> int:
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and config.get("model_type") in _OFFSET_POSITIONS:
        positions -= int(config.get("pad_token_id") or 0) + 1
    limits = [
        positions,
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
        LONGEST,
    ]
    return min(int(limit) for limit in limits if isinstance(limit, (int, float)) and limit > 0)
