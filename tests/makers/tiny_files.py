"""The files that tiny encoders are made of: vocabularies, weights and settings as hub repositories have them."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from collections.abc import Sequence
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
SIZES = {
    "vocab_size": 400,
    "hidden_size": DIM,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
}
_BRACKETED = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}


def write_json(path: Path, values: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")


BERT_ORDER = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA_ORDER = ("[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]")  # as klue/roberta has them


def wordpiece(texts: Sequence[str], special: Sequence[str], *, lowercase: bool) -> Any:
    """Return a WordPiece tokenizer that knows the characters and the words of the texts.

    It is not trained: the trainer breaks ties by chance, so that each process would get another encoder.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    normalizer = BertNormalizer(lowercase=lowercase)  # which strips accents too
    splitter = BertPreTokenizer()
    words = {word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text))}
    characters = sorted({character for word in words for character in word})
    later = [f"##{character}" for character in characters]
    pieces = dict.fromkeys([*special, *characters, *later, *sorted(words)])
    tokenizer = Tokenizer(WordPiece({piece: k for k, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    tokenizer.add_special_tokens(list(special))
    return tokenizer


def unigram(texts: Sequence[str], special: Sequence[str]) -> Any:
    """Return a unigram tokenizer of the texts' characters and words, by how often each occurs; not trained either."""
    from tokenizers import Tokenizer
    from tokenizers.models import Unigram
    from tokenizers.pre_tokenizers import Metaspace

    splitter = Metaspace()
    words = Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(text))
    counts = Counter("".join(words.elements())) + words
    total = counts.total()
    pieces = [(piece, math.log(count / total)) for piece, count in sorted(counts.items())]
    tokenizer = Tokenizer(
        Unigram([*((token, 0.0) for token in special), *pieces], unk_id=special.index("<unk>"))
    )
    tokenizer.pre_tokenizer = splitter
    tokenizer.add_special_tokens(list(special))
    return tokenizer


def write_vocabulary(
    folder: Path,
    *,
    with_json: bool = False,
    tokenizer_class: str | None,
    do_lower_case: bool,
    special: tuple[str, ...] = BERT_ORDER,
) -> None:
    """Write WordPiece's vocab.txt, the tokenizer's options and, if wanted, the tokenizer.json."""
    from tokenizers.processors import TemplateProcessing

    tokenizer = wordpiece([*CORPUS, "SK LG GM café"], special, lowercase=do_lower_case)
    places = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece, _ in places), encoding="utf-8")
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(token, special.index(token)) for token in ("[CLS]", "[SEP]")],
    )
    if with_json:
        tokenizer.save(str(folder / "tokenizer.json"))
    options = {"do_lower_case": do_lower_case, "model_max_length": 64, **_BRACKETED}
    if tokenizer_class:
        options["tokenizer_class"] = tokenizer_class
    write_json(folder / "tokenizer_config.json", options)


def write_pieces(
    folder: Path, name: str, tokenizer_class: str, *, with_json: bool = False, **trainer: Any
) -> None:
    """Write a SentencePiece model, the tokenizer's options and, if wanted, the tokenizer.json made of both."""
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*CORPUS, *CORPUS]),
        model_writer=model,
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
        **trainer,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(model.getvalue())
    options = {"tokenizer_class": tokenizer_class, "model_max_length": 64}
    brackets = _BRACKETED | {"bos_token": "[CLS]", "eos_token": "[SEP]"}
    write_json(folder / "tokenizer_config.json", options | (brackets if trainer else {}))
    if with_json:
        import transformers

        made = getattr(transformers, tokenizer_class).from_pretrained(folder)
        made.backend_tokenizer.save(str(folder / "tokenizer.json"))


def write_pooling(folder: Path, pooling: str, *further: str, **prompts: Any) -> None:
    """Write the files of sentence-transformers: modules, pooling, prompts."""
    kinds = ["Transformer", "Pooling", *further]
    paths = ["", *(f"{number}_{kind}" for number, kind in enumerate(kinds[1:], 1))]
    modules = [
        {"idx": idx, "name": str(idx), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for idx, (kind, path) in enumerate(zip(kinds, paths, strict=True))
    ]
    write_json(folder / "modules.json", modules)
    chosen = {f"pooling_mode_{pooling}_token{'' if pooling == 'cls' else 's'}": True}
    write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": DIM, **chosen})
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    if prompts:
        write_json(folder / "config_sentence_transformers.json", prompts)


def random_tensors(architecture: str, config: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Return the state of a random model of transformers, told apart from its initial one."""
    import torch
    import transformers

    kind = getattr(transformers, architecture)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = kind(
            kind.config_class(**{key: value for key, value in config.items() if key != "model_type"})
        )
        tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    return {name: _livelier(tensor, seed) for name, tensor in tensors.items()}


def new_kind_tensors(config: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Return random weights under the names of Alibaba-NLP/new-impl, as saved by its `NewForMaskedLM`."""
    import torch

    dim, wide = config["hidden_size"], config["intermediate_size"]
    shapes = {"embeddings.word_embeddings.weight": (config["vocab_size"], dim)}
    if config["type_vocab_size"]:
        shapes["embeddings.token_type_embeddings.weight"] = (config["type_vocab_size"], dim)
    shapes |= {"embeddings.LayerNorm.weight": (dim,), "embeddings.LayerNorm.bias": (dim,)}
    for layer in range(config["num_hidden_layers"]):
        parts = {
            "attention.qkv_proj": (3 * dim, dim),
            "attention.o_proj": (dim, dim),
            "mlp.up_gate_proj": (2 * wide, dim),
            "mlp.down_proj": (dim, wide),
            "attn_ln": (dim,),
            "mlp_ln": (dim,),
        }
        for part, shape in parts.items():
            shapes[f"encoder.layer.{layer}.{part}.weight"] = shape
            if part != "mlp.up_gate_proj":
                shapes[f"encoder.layer.{layer}.{part}.bias"] = shape[:1]
    generator = torch.Generator().manual_seed(seed)
    return {
        f"new.{name}": torch.randn(shape, generator=generator) * 0.1
        + (name.endswith(("LayerNorm.weight", "ln.weight")))
        for name, shape in shapes.items()
    }


def _livelier(tensor: Any, seed: int) -> Any:
    """Scale matrices and move biases: untrained weights are too small to tell texts or mistakes apart."""
    import torch

    if not tensor.is_floating_point():
        return tensor
    if tensor.dim() > 1:
        return tensor * 5
    generator = torch.Generator().manual_seed(seed + tensor.numel())
    return tensor + 0.1 * torch.randn(tensor.shape, generator=generator)


def write_weights(folder: Path, tensors: dict[str, Any], form: str, shards: int = 1) -> Path:
    """Write weights as "safetensors" or pickled ("bin"), in one file or in shards with an index."""
    import torch
    from safetensors.torch import save_file

    stem, suffix = ("model", "safetensors") if form == "safetensors" else ("pytorch_model", "bin")
    names = list(tensors)
    parts = [names[start::shards] for start in range(shards)]
    places: dict[str, str] = {}
    for number, part in enumerate(parts, 1):
        file = f"{stem}.{suffix}" if shards == 1 else f"{stem}-{number:05}-of-{shards:05}.{suffix}"
        chosen = {name: tensors[name].contiguous().clone() for name in part}
        if form == "safetensors":
            save_file(chosen, folder / file, metadata={"format": "pt"})
        else:
            torch.save(chosen, folder / file)
        places |= dict.fromkeys(part, file)
    if shards > 1:
        write_json(folder / f"{stem}.{suffix}.index.json", {"metadata": {}, "weight_map": places})
    return folder
