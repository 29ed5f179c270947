"""Tiny random encoders as Hugging Face folders, for tests that need no weights and no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CORPUS = [
    "삼성전자 3분기 영업이익 10조원 돌파",
    "[특징주] 카카오 급락 … 실적 부진",
    "현대차 노조 임금협상 결렬",
    "코스피 상승 마감, 외국인 순매수",
    "반도체 수출 반등 ↑ 무역수지 흑자 전환",
]
DIM = 32


def save_wordpiece(folder: Path, seed: int = 0, **details: Any) -> Path:
    """Save a two-layer BERT with a WordPiece tokenizer; `details` as in `add_details`."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.trainers import WordPieceTrainer

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer(strip_accents=False, lowercase=False)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.train_from_iterator(CORPUS, WordPieceTrainer(vocab_size=300, special_tokens=special))
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    return _save(folder, tokenizer, names, seed, details)


def save_unigram(folder: Path, seed: int = 0, **details: Any) -> Path:
    """Save a two-layer BERT with a unigram tokenizer, as XLM-R has one."""
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace
    from tokenizers.trainers import UnigramTrainer

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(Unigram())
    tokenizer.pre_tokenizer = Metaspace()
    tokenizer.train_from_iterator(
        CORPUS, UnigramTrainer(vocab_size=120, special_tokens=special, unk_token="<unk>", show_progress=False)
    )
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
