"""Tiny random encoders as Hugging Face folders, for tests that need no weights and no network.

`save_wordpiece` and `save_unigram` make plain ones. `KINDS` has one of each true architecture and tokenizer,
saved as the hub's repository that it stands for has them (`tests/tiny_files.py` writes the files).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.makers.tiny_files import (
    CORPUS,
    DIM,
    ROBERTA_ORDER,
    SIZES,
    new_kind_tensors,
    random_tensors,
    unigram,
    wordpiece,
    write_json,
    write_pieces,
    write_pooling,
    write_vocabulary,
    write_weights,
)

__all__ = ["CORPUS", "DIM", "KINDS", "add_details", "save_unigram", "save_wordpiece"]


def save_wordpiece(folder: Path, seed: int = 0, **details: Any) -> Path:
    """Save a two-layer BERT with a WordPiece tokenizer; `details` as in `add_details`."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = wordpiece(CORPUS, special, lowercase=False)
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    return _save(folder, tokenizer, names, seed, details)


def save_unigram(folder: Path, seed: int = 0, **details: Any) -> Path:
    """Save a two-layer BERT with a unigram tokenizer, as XLM-R has one."""
    tokenizer = unigram(CORPUS, ["<s>", "<pad>", "</s>", "<unk>"])
    names = {"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    return _save(folder, tokenizer, names, seed, details)


def _save(folder: Path, tokenizer: Any, names: dict[str, str], seed: int, details: dict[str, Any]) -> Path:
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    first, last = names["cls_token"], names["sep_token"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(t, tokenizer.token_to_id(t)) for t in (first, last)]
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, **names)
    fast.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(fast),
        hidden_size=DIM,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        pad_token_id=fast.pad_token_id,
        made_in=str(folder),  # so that no other test's encoder, cached in this process, has the same files
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = BertModel(config, add_pooling_layer=False)
        for parameter in model.parameters():  # untrained weights are too small to tell texts apart
            parameter.data.mul_(5 if parameter.dim() > 1 else 1)
    model.save_pretrained(folder)
    add_details(folder, **details)
    return folder


def add_details(folder: Path, pooling: str | None = None, prefix: str | None = None) -> None:
    """Write the files of sentence-transformers that state an encoder's own pooling and prompt."""
    if pooling:
        path = folder / "1_Pooling" / "config.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"embedding_dimension": DIM, "pooling_mode": pooling}))
    if prefix:
        values = {"prompts": {"own": prefix}, "default_prompt_name": "own"}
        (folder / "config_sentence_transformers.json").write_text(json.dumps(values))


def multilingual_bert(folder: Path) -> Path:
    """google-bert/bert-base-multilingual-cased: a masked language model with the names of 2018."""
    config = _config(folder, "bert", ["BertForMaskedLM"], pad_token_id=0)
    write_vocabulary(folder, with_json=True, tokenizer_class=None, do_lower_case=False)
    tensors = random_tensors("BertForMaskedLM", config)
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    renamed = {_replaced(name, old): tensor for name, tensor in tensors.items()}
    return write_weights(folder, renamed, "safetensors")


def kr_sbert(folder: Path) -> Path:
    """snunlp/KR-SBERT-V40K-klueNLI-augSTS: BERT, a vocab.txt and pickled weights, mean pooling."""
    config = _config(folder, "bert", ["BertModel"], pad_token_id=0)
    write_vocabulary(folder, tokenizer_class="BertTokenizer", do_lower_case=False)
    write_pooling(folder, "mean")
    return write_weights(folder, random_tensors("BertModel", config), "bin")


def mini_lm(folder: Path) -> Path:
    """sentence-transformers/all-MiniLM-L6-v2: BERT in lower case, mean pooling, vectors of length 1."""
    config = _config(folder, "bert", ["BertModel"], pad_token_id=0)
    write_vocabulary(folder, with_json=True, tokenizer_class="BertTokenizer", do_lower_case=True)
    stored = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    write_json(folder / "tokenizer.json", stored | _PADDED)
    write_pooling(folder, "mean", "Normalize")
    tensors = random_tensors("BertModel", config)
    write_weights(folder, tensors, "bin")
    return write_weights(folder, tensors, "safetensors")


def ko_simcse(folder: Path) -> Path:
    """BM-K/KoSimCSE-roberta (as klue/roberta): RoBERTa with BERT's WordPiece tokenizer, pickled weights."""
    config = _config(folder, "roberta", ["RobertaModel"], pad_token_id=1, max_position_embeddings=66)
    write_vocabulary(
        folder, with_json=True, tokenizer_class="BertTokenizer", do_lower_case=False, special=ROBERTA_ORDER
    )
    return write_weights(folder, random_tensors("RobertaModel", config), "bin")


def multilingual_e5(folder: Path) -> Path:
    """intfloat/multilingual-e5-large: XLM-R with a tokenizer.json, a prompt, vectors of length 1."""
    config = _config(folder, "xlm-roberta", ["XLMRobertaModel"], pad_token_id=1, max_position_embeddings=66)
    write_pieces(folder, "sentencepiece.bpe.model", "XLMRobertaTokenizer", with_json=True)
    write_pooling(folder, "mean", "Normalize", prompts={"query": "query: "}, default_prompt_name="query")
    return write_weights(folder, random_tensors("XLMRobertaModel", config), "safetensors")


def bge_m3(folder: Path) -> Path:
    """upskyy/bge-m3-korean: XLM-R with SentencePiece's file alone, sharded half-precision weights.

    It pools CLS as BGE-M3 itself does, where the Korean one takes the mean: one of the kinds is to have CLS.
    """
    config = _config(folder, "xlm-roberta", ["XLMRobertaModel"], pad_token_id=1, max_position_embeddings=66)
    write_pieces(folder, "sentencepiece.bpe.model", "XLMRobertaTokenizer")
    write_pooling(folder, "cls", "Normalize")
    tensors = {name: tensor.half() for name, tensor in random_tensors("XLMRobertaModel", config).items()}
    return write_weights(folder, tensors, "safetensors", shards=3)


def kf_deberta(folder: Path) -> Path:
    """kakaobank/kf-deberta-base: DeBERTa-v2 with a WordPiece vocabulary, pickled weights in shards."""
    config = _config(folder, "deberta-v2", ["DebertaV2ForMaskedLM"], pad_token_id=0, **_RELATIVE)
    write_vocabulary(folder, tokenizer_class="BertTokenizer", do_lower_case=False)
    return write_weights(folder, random_tensors("DebertaV2ForMaskedLM", config), "bin", shards=2)


def deberta_korean(folder: Path) -> Path:
    """team-lucid/deberta-v3-base-korean: DeBERTa-v2 with SentencePiece's spm.model."""
    config = _config(folder, "deberta-v2", ["DebertaV2Model"], pad_token_id=0, **_RELATIVE)
    pieces = {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "control_symbols": ["[MASK]"]}
    write_pieces(folder, "spm.model", "DebertaV2Tokenizer", **pieces, **_BRACKETS)
    return write_weights(folder, random_tensors("DebertaV2Model", config), "safetensors")


def ko_electra(folder: Path) -> Path:
    """monologg/koelectra-base-v3-discriminator: ELECTRA's discriminator, a vocab.txt, pickled weights."""
    config = _config(folder, "electra", ["ElectraForPreTraining"], pad_token_id=0, embedding_size=DIM)
    write_vocabulary(folder, tokenizer_class=None, do_lower_case=False)
    return write_weights(folder, random_tensors("ElectraForPreTraining", config), "bin")


def gte_korean(folder: Path) -> Path:
    """upskyy/gte-base-korean: the remote-code kind `new`, XLM-R's tokenizer, mean pooling."""
    code = "Alibaba-NLP/new-impl--"
    config = _config(
        folder,
        "new",
        ["NewModel"],
        pad_token_id=1,
        type_vocab_size=1,
        auto_map={"AutoConfig": f"{code}configuration.NewConfig", "AutoModel": f"{code}modeling.NewModel"},
        layer_norm_type="layer_norm",
        position_embedding_type="rope",
        rope_theta=20000,
        rope_scaling={"type": "ntk", "factor": 8.0},
        pack_qkv=True,
        logn_attention_scale=False,
    )
    write_pieces(folder, "sentencepiece.bpe.model", "XLMRobertaTokenizer", with_json=True)
    (folder / "sentencepiece.bpe.model").unlink()
    write_pooling(folder, "mean")
    return write_weights(folder, new_kind_tensors(config), "safetensors")


def kobert(folder: Path) -> Path:
    """skt/kobert-base-v1: BERT with a SentencePiece model that transformers reads as XLNet's."""
    config = _config(folder, "bert", ["BertModel"], pad_token_id=1)
    pieces = {"unk_id": 0, "pad_id": 1, "bos_id": 2, "eos_id": 3, "control_symbols": ["[MASK]"]}
    write_pieces(folder, "spiece.model", "XLNetTokenizer", **pieces, **_BRACKETS)
    return write_weights(folder, random_tensors("BertModel", config), "bin")


_PADDED = {
    "padding": {
        "strategy": {"Fixed": 60},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    },
    "truncation": {"max_length": 60, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
}
_BRACKETS = {"bos_piece": "[CLS]", "eos_piece": "[SEP]", "pad_piece": "[PAD]", "unk_piece": "[UNK]"}
_RELATIVE = {
    "relative_attention": True,
    "pos_att_type": ["p2c", "c2p"],
    "norm_rel_ebd": "layer_norm",
    "position_buckets": 16,
    "share_att_key": True,
    "position_biased_input": False,
    "max_relative_positions": -1,
    "type_vocab_size": 0,
}

KINDS: dict[str, Callable[[Path], Path]] = {
    "google-bert/bert-base-multilingual-cased": multilingual_bert,
    "snunlp/KR-SBERT-V40K-klueNLI-augSTS": kr_sbert,
    "sentence-transformers/all-MiniLM-L6-v2": mini_lm,
    "BM-K/KoSimCSE-roberta": ko_simcse,
    "intfloat/multilingual-e5-large": multilingual_e5,
    "upskyy/bge-m3-korean": bge_m3,
    "kakaobank/kf-deberta-base": kf_deberta,
    "team-lucid/deberta-v3-base-korean": deberta_korean,
    "monologg/koelectra-base-v3-discriminator": ko_electra,
    "upskyy/gte-base-korean": gte_korean,
    "skt/kobert-base-v1": kobert,
}


def _config(folder: Path, kind: str, architectures: list[str], **values: Any) -> dict[str, Any]:
    config = {"model_type": kind, "architectures": architectures, **SIZES, **values}
    write_json(folder / "config.json", config)
    return config


def _replaced(name: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        name = name.replace(old, new)
    return name
