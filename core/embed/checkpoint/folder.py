"""Reading what a Hugging Face folder says of its encoder, without loading it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from core.embed.checkpoint.architectures import family, refuse_others
from core.embed.encoder_card import LONGEST, EncoderCard, Origin
from core.embed.pooling import Pooling
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


def read_config(folder: Path) -> dict[str, Any]:
    """Return the contents of config.json; raises `UserError` where there is none."""
    if not (folder / "config.json").is_file():
        raise UserError(
            N_("The folder {folder} holds no config.json: it is not a Hugging Face encoder."),
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


def no_tokenizer(place: str) -> UserError:
    """Return the sentence for a folder or repository without a vocabulary."""
    return UserError(
        N_("{place} holds no tokenizer. Add the encoder's tokenizer.json, vocab.txt or spiece.model."),
        place=place,
    )


def no_weights(place: str) -> UserError:
    """Return the sentence for a folder or repository without weights that can be read here."""
    return UserError(
        N_(
            "{place} holds no weights that can be used: neither model.safetensors nor pytorch_model.bin, whole."
        ),
        place=place,
    )


def unreadable(folder: Path, error: Exception) -> UserError:
    """Return the sentence for a folder whose files could not be read as an encoder, with the error's first line."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return UserError(
        N_("The encoder in {folder} could not be loaded: {reason}"), folder=str(folder), reason=reason
    )


def _refuse_pointers(files: list[Path]) -> None:
    for file in files:
        with file.open("rb") as handle:
            if handle.read(len(_POINTER)) == _POINTER:
                raise UserError(
                    N_(
                        "{file} is a Git LFS pointer, not the file itself. Fetch that: run `git lfs pull` in its "
                        "repository, or download it from the hub's page."
                    ),
                    file=str(file),
                )


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds, {} where there is no file; raises `UserError` for no JSON."""
    values = _json(path)
    return values if isinstance(values, dict) else {}


def _json(path: Path) -> Any:
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UserError(
            N_("The file {file} is not valid JSON: {reason}."), file=str(path), reason=str(error)
        ) from error


def _dim(config: dict[str, Any], folder: Path) -> int:
    dim = config.get("hidden_size") or config.get("dim") or config.get("d_model")
    if not isinstance(dim, int) or isinstance(dim, bool):
        raise UserError(
            N_("The config.json in {folder} does not state the encoder's hidden_size."), folder=str(folder)
        )
    return dim


def _modules(folder: Path) -> list[str]:
    """Return the kinds of sentence-transformers' modules in order, such as ["Transformer", "Pooling"]."""
    modules = _json(folder / "modules.json")
    listed = [module for module in modules if isinstance(module, dict)] if isinstance(modules, list) else []
    return [str(module.get("type")).rpartition(".")[2] for module in listed]


def _notice(folder: Path, weights: list[Path]) -> str:
    if set(_modules(folder)) - _KNOWN_MODULES:
        return N_(
            "Its own vectors go through a further layer after the pooling. "
            "That layer is left out here, so the vectors are not quite those its makers measured."
        )
    return pickled_notice() if is_pickled(weights) else ""


def pickled_notice() -> str:
    """Return what to say of an encoder whose weights come pickled."""
    return N_(
        "Its weights come in PyTorch's pickled form. They are read once, without running any code in them, "
        "and kept as safetensors in the workspace."
    )


def _own_pooling(folder: Path) -> Pooling:
    config = read_json(folder / "1_Pooling" / "config.json")
    if config.get("pooling_mode") in set(Pooling):
        return Pooling(config["pooling_mode"])
    if config.get("pooling_mode_cls_token"):
        return Pooling.CLS
    return Pooling.MAX if config.get("pooling_mode_max_tokens") else Pooling.MEAN


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
