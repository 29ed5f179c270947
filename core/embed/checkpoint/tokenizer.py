"""From the files of a vocabulary to a tokenizer that gives the ids transformers' own would give.

A tokenizer.json is read without transformers where that saves a second or more of a process's start
(tests/benchmarks/bert.py): the bundled encoder's 1.2 s, one of XLM-R with 250,000 pieces 2.2 s. For BERT's
WordPiece it saved 0.7 s, so transformers reads it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from core.embed.checkpoint.architectures import transformers_config
from core.embed.checkpoint.files import PIECES, no_tokenizer, read_config, read_json, tokenizer_files

_AS_STORED = {"TokenizersBackend", "PreTrainedTokenizerFast", "DebertaV2Tokenizer"}  # see `read_tokenizer`
_DEFAULTS = {"bert": "BertTokenizer", "electra": "BertTokenizer", "xlm-roberta": "XLMRobertaTokenizer"}
_SAME = {"ElectraTokenizer": "BertTokenizer", "KoBERTTokenizer": "XLNetTokenizer"}
_READS_VOCAB_TXT_NOT = {"DebertaV2Tokenizer", "RobertaTokenizer", "XLMRobertaTokenizer", ""}
_NUMBER_COMMA = re.compile(r"\d,$")
_CONTROL = 3  # the type of a piece that stands for no text
_XLMR_TOKENS = {"bos": "<s>", "eos": "</s>", "sep": "</s>", "cls": "<s>", "unk": "<unk>", "pad": "<pad>"}


def read_tokenizer(folder: Path, name: str) -> Any:
    """Return the `tokenizers.Tokenizer` of a folder; raises `UserError` where it holds no vocabulary.

    Transformers' classes rebuild their parts from the class's options (lower case by default), which is what
    sentence-transformers embeds with; a tokenizer.json is read as it is only where both come to the same.
    In two cases transformers 5 loses what the encoder was trained with, and the files are followed instead:
    its class for DeBERTa-v2 leaves out SentencePiece's own normalisation ("…" becomes an unknown word), and
    its class for XLNet, which KoBERT names, takes Hangul apart and puts the first token last.
    """
    from tokenizers import Tokenizer

    if not tokenizer_files(folder):
        raise no_tokenizer(str(folder))
    declared = _declared_class(folder)
    stored = folder / "tokenizer.json"
    if stored.is_file() and declared in {*_AS_STORED, "XLMRobertaTokenizer"}:
        tokenizer = Tokenizer.from_file(str(stored))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        options = read_json(folder / "tokenizer_config.json")
        if declared in _AS_STORED or _is_as_xlmr_rebuilds_it(tokenizer, options):
            return tokenizer
    return _made_by_transformers(folder, declared, name)


def _declared_class(folder: Path) -> str:
    config, options = read_config(folder), read_json(folder / "tokenizer_config.json")
    named = options.get("tokenizer_class") or config.get("tokenizer_class")
    name = str(named or _DEFAULTS.get(str(config.get("model_type")), "")).removesuffix("Fast")
    return _SAME.get(name, name)


def _is_as_xlmr_rebuilds_it(tokenizer: Any, options: dict[str, Any]) -> bool:
    """Return whether transformers' `XLMRobertaTokenizer` would build the same tokenizer from the vocabulary."""
    from tokenizers import pre_tokenizers

    tokens = {part: _content(options.get(f"{part}_token", token)) for part, token in _XLMR_TOKENS.items()}
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values() if token.special}
    wanted = {*tokens.values(), *map(_content, (options.get("added_tokens_decoder") or {}).values())}
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    splitter = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    return (
        tokenizer.encode("").ids == [tokenizer.token_to_id(tokens[part]) for part in ("bos", "eos")]
        and special.issuperset(wanted)
        and (_state(tokenizer.normalizer) or {}).get("type") in {None, "Precompiled"}
        and bool(_state(tokenizer.pre_tokenizer) == _state(splitter))
        and tokenizer.token_to_id(tokens["unk"]) == 3
        and bool(options.get("add_prefix_space", True))
    )


def _content(token: Any) -> str:
    return str(token["content"]) if isinstance(token, dict) else str(token)


def _state(part: Any) -> Any:
    return None if part is None else json.loads(part.__getstate__())


def _made_by_transformers(folder: Path, declared: str, name: str) -> Any:
    names = {file.name for file in tokenizer_files(folder)}
    if declared == "XLNetTokenizer" and "spiece.model" in names:
        return _kobert(folder / "spiece.model")
    import transformers

    kind: Any = transformers.AutoTokenizer
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    if names == {"vocab.txt"} and declared in _READS_VOCAB_TXT_NOT:
        kind = transformers.BertTokenizer
    else:
        options["config"] = transformers_config(read_config(folder), name)
    backend = kind.from_pretrained(folder, **options).backend_tokenizer
    pieces = [file for file in tokenizer_files(folder) if file.name in PIECES]
    if pieces and "Precompiled" not in str(_state(backend.normalizer)):
        _add_normalisation(backend, _sentencepiece(pieces[0]))
    return backend


def _sentencepiece(file: Path) -> Any:
    """Return the contents of a SentencePiece model (its `ModelProto`)."""
    from sentencepiece import sentencepiece_model_pb2

    formats: Any = sentencepiece_model_pb2  # its classes are made when it is imported
    model = formats.ModelProto()
    model.ParseFromString(file.read_bytes())
    return model


def _add_normalisation(tokenizer: Any, model: Any) -> None:
    from tokenizers import normalizers

    if model.normalizer_spec.precompiled_charsmap:
        first = normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
        tokenizer.normalizer = normalizers.Sequence(
            [first, *([tokenizer.normalizer] if tokenizer.normalizer else [])]
        )


def _kobert(file: Path) -> Any:
    """Return KoBERT's tokenizer, as github.com/SKTBrain/KoBERT has it, from its SentencePiece model.

    Accents are removed, a piece never ends in a comma after a digit, and BERT's tokens go around the text.
    """
    from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import Unigram
    from tokenizers.processors import TemplateProcessing

    model = _sentencepiece(file)
    scores = [(one.piece, one.score - 100 * bool(_NUMBER_COMMA.search(one.piece))) for one in model.pieces]
    tokenizer = Tokenizer(Unigram(scores, unk_id=model.trainer_spec.unk_id))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace("``", '"'),
            normalizers.Replace("''", '"'),
            normalizers.NFKD(),
            normalizers.StripAccents(),
            normalizers.NFC(),  # Hangul together again
        ]
    )
    if model.normalizer_spec.precompiled_charsmap:
        own = normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
        tokenizer.normalizer = normalizers.Sequence([tokenizer.normalizer, own])
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    special = [one.piece for one in model.pieces if one.type == _CONTROL]
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False, special=True) for piece in special])
    places = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=places)
    return tokenizer
