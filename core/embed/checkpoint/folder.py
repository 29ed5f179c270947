"""Reading what a Hugging Face folder says of its encoder, without loading it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from core.embed.checkpoint.architectures import family, refuse_others
from core.embed.checkpoint.files import (
    PIECES,
    is_pickled,
    json_value,
    no_tokenizer,
    no_weights,
    read_config,
    read_json,
    tokenizer_files,
    unreadable,
    weight_files,
)
from core.embed.encoder_card import LONGEST, EncoderCard, Origin
from core.embed.pooling import CLS, MAX, MEAN, POOLINGS
from core.errors import UserError
from core.locale import N_

_OFFSET_POSITIONS = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "mpnet", "longformer"}
_KNOWN_MODULES = {"Transformer", "Pooling", "Normalize"}
_POINTER = b"version https://git-lfs"
_HEADER_LIMIT = 100_000_000  # bytes; that of the safetensors library itself


def card_of_folder(folder: Path, id: str | None = None, origin: Origin = Origin.FOLDER) -> EncoderCard:
    """Read the card of a Hugging Face folder from its JSON files.

    Its own pooling is the one sentence-transformers would use (mean where that is none of ours), its prefix
    the prompt that sentence-transformers puts before a text by default. Raises `UserError` for a folder that
    lacks config, tokenizer or weights or holds damaged ones, and for a model that is no encoder.
    """
    try:
        return _card(folder, id, origin)
    except UserError:
        raise
    except Exception as error:  # a value of the wrong type, in any of the files
        raise unreadable(folder, error) from error


def _card(folder: Path, id: str | None, origin: Origin) -> EncoderCard:
    config = read_config(folder)
    files = tokenizer_files(folder)
    if not files:
        raise no_tokenizer(str(folder))
    weights = weight_files(folder)
    if not weights:
        raise no_weights(str(folder))
    _refuse_pointers([*files, *weights])
    name = id.rpartition("/")[2] if id else folder.name
    refuse_others(config, id or name)
    parameters = _parameters(weights)
    return EncoderCard(
        id=id or str(folder),
        name=name,
        folder=folder,
        dim=_dim(config, folder),
        origin=origin,
        pooling=_own_pooling(folder),
        prefix=_prefix(folder),
        max_length=_max_length(folder, config),
        normalised="Normalize" in _modules(folder),
        family=family(config),
        tokenizer=_tokenizer_kind(folder, config),
        parameters=parameters,
        megabytes=round(
            4 * parameters / 1e6 if parameters else sum(file.stat().st_size for file in weights) / 1e6
        ),
        notice=_notice(folder, weights),
    )


def _refuse_pointers(files: list[Path]) -> None:
    for file in files:
        with file.open("rb") as handle:
            if handle.read(len(_POINTER)) == _POINTER:
                raise UserError(
                    N_(
                        "{file} is a Git LFS pointer, not the file itself. Run `git lfs pull` in its repository, "
                        "or download the file from the hub's page."
                    ),
                    file=str(file),
                )


def _dim(config: dict[str, Any], folder: Path) -> int:
    dim = config.get("hidden_size") or config.get("dim") or config.get("d_model")
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise UserError(
            N_("The config.json in {folder} does not state the encoder's hidden_size."), folder=str(folder)
        )
    return dim


def _modules(folder: Path) -> list[str]:
    """Return the kinds of sentence-transformers' modules in order, such as ["Transformer", "Pooling"]."""
    modules = json_value(folder / "modules.json")
    listed = [module for module in modules if isinstance(module, dict)] if isinstance(modules, list) else []
    return [str(module.get("type")).rpartition(".")[2] for module in listed]


def _notice(folder: Path, weights: list[Path]) -> str:
    if set(_modules(folder)) - _KNOWN_MODULES:
        return N_(
            "Its makers apply another layer after the pooling. The app leaves it out, so the vectors "
            "differ slightly from theirs."
        )
    return pickled_notice() if is_pickled(weights) else ""


def pickled_notice() -> str:
    """Return what to say of an encoder whose weights come pickled."""
    return N_(
        "Its weights come in PyTorch's pickled form. They are read once, without running any code"
        " in them, and saved as safetensors in the workspace."
    )


def _own_pooling(folder: Path) -> str:
    config = read_json(folder / "1_Pooling" / "config.json")
    if config.get("pooling_mode") in POOLINGS:
        return str(config["pooling_mode"])
    if config.get("pooling_mode_cls_token"):
        return CLS
    return MAX if config.get("pooling_mode_max_tokens") else MEAN


def _prefix(folder: Path) -> str:
    config = read_json(folder / "config_sentence_transformers.json")
    prompts = config.get("prompts")
    default = config.get("default_prompt_name")
    return str(prompts.get(default) or "") if isinstance(prompts, dict) and default else ""


def _max_length(folder: Path, config: dict[str, Any]) -> int:
    positions = config.get("max_position_embeddings")
    if isinstance(positions, int) and config.get("model_type") in _OFFSET_POSITIONS:
        positions -= int(config.get("pad_token_id", 1) or 0) + 1
    limits = [
        positions,
        read_json(folder / "sentence_bert_config.json").get("max_seq_length"),
        read_json(folder / "tokenizer_config.json").get("model_max_length"),
        LONGEST,
    ]
    return min(int(limit) for limit in limits if isinstance(limit, (int, float)) and limit > 0)


def _tokenizer_kind(folder: Path, config: dict[str, Any]) -> str:
    if any((folder / name).is_file() for name in PIECES):
        return "SentencePiece"
    if (folder / "vocab.txt").is_file():
        return "WordPiece"
    named = read_json(folder / "tokenizer_config.json").get("tokenizer_class") or config.get(
        "tokenizer_class"
    )
    if str(named).startswith(("Bert", "Electra")):
        return "WordPiece"
    return "SentencePiece" if config.get("model_type") in {"xlm-roberta", "new", "gte"} else ""


def _parameters(weights: list[Path]) -> int:
    """Return the number of weights in safetensors files, from their headers; 0 for pickled or broken ones.

    The format: 8 bytes of length, then a JSON object of name → shape and place (huggingface.co/docs/safetensors).
    """
    total = 0
    for file in (file for file in weights if file.suffix == ".safetensors"):
        with file.open("rb") as handle:
            length = int.from_bytes(handle.read(8), "little")
            header = handle.read(length) if length < _HEADER_LIMIT else b""
        try:
            tensors = json.loads(header)
        except ValueError:
            return 0
        total += sum(math.prod(entry["shape"]) for name, entry in tensors.items() if name != "__metadata__")
    return total
