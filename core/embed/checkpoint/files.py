"""The files of a Hugging Face folder: which hold settings, vocabulary and weights, and what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.locale import N_

SINGLE = ("model.safetensors", "pytorch_model.bin")  # preferred first; an index names the shards of either
PIECES = ("spiece.model", "spm.model", "sentencepiece.bpe.model", "sentencepiece.model", "tokenizer.model")
VOCABULARIES = ("tokenizer.json", "vocab.txt", *PIECES)
BYTE_PAIRS = ("vocab.json", "merges.txt")
SETTINGS = (
    "config.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "modules.json",
    "1_Pooling/config.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
)


def read_config(folder: Path) -> dict[str, Any]:
    """Return the contents of config.json; raises `UserError` where there is none."""
    if not (folder / "config.json").is_file():
        raise UserError(
            N_("The folder {folder} has no config.json: it is not a Hugging Face encoder."),
            folder=str(folder),
        )
    return read_json(folder / "config.json")


def tokenizer_files(folder: Path) -> list[Path]:
    """Return the files that hold the vocabulary: tokenizer.json or those it can be made from; [] for none."""
    found = [folder / name for name in VOCABULARIES if (folder / name).is_file()]
    byte_pairs = [folder / name for name in BYTE_PAIRS]
    return found or (byte_pairs if all(file.is_file() for file in byte_pairs) else [])


def weight_files(folder: Path) -> list[Path]:
    """Return the files that hold the weights: one, or an index and its shards; [] where any is missing.

    Safetensors where there are any, else pickled files (see `is_pickled`).
    """
    for single in SINGLE:
        index = folder / f"{single}.index.json"
        if (folder / single).is_file():
            return [folder / single]
        shards = [folder / name for name in shard_names(index)]
        if shards and all(shard.is_file() for shard in shards):
            return [index, *shards]
    return []


def shard_names(index: Path) -> list[str]:
    """Return the names of the files that an index spreads the weights over; [] where there is no index."""
    places = read_json(index).get("weight_map")
    return sorted({Path(str(name)).name for name in places.values()}) if isinstance(places, dict) else []


def is_pickled(weights: list[Path]) -> bool:
    """Return whether weights are in PyTorch's pickled form, which is never loaded as it is."""
    return any(file.suffix == ".bin" for file in weights)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds, {} where there is no file; raises `UserError` for no JSON."""
    values = json_value(path)
    return values if isinstance(values, dict) else {}


def json_value(path: Path) -> Any:
    """Return what a JSON file holds, None where there is no file; raises `UserError` for no JSON."""
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(
            N_("The file {file} is not valid JSON: {reason}."), file=str(path), reason=str(error)
        ) from error


def no_tokenizer(place: str) -> UserError:
    """Return the sentence for a folder or repository without a vocabulary."""
    return UserError(
        N_("{place} has no tokenizer. Add the encoder's tokenizer.json, vocab.txt or spiece.model."),
        place=place,
    )


def no_weights(place: str) -> UserError:
    """Return the sentence for a folder or repository without weights that can be read here."""
    return UserError(
        N_("{place} has no usable weights. It needs a complete model.safetensors or pytorch_model.bin."),
        place=place,
    )


def unreadable(folder: Path, error: Exception) -> UserError:
    """Return the sentence for a folder whose files could not be read as an encoder, with the error's first line."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UserError(
        N_("The encoder in {folder} could not be loaded: {reason}"), folder=str(folder), reason=reason
    )
