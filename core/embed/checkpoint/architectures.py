"""Which architectures there are: their names, which are no encoders, and how transformers is to read each."""

from __future__ import annotations

import re
from typing import Any

from core.errors import UserError
from core.locale import N_

FAMILIES = {
    "albert": "ALBERT",
    "bert": "BERT",
    "camembert": "CamemBERT",
    "deberta": "DeBERTa",
    "deberta-v2": "DeBERTa-v2",
    "distilbert": "DistilBERT",
    "electra": "ELECTRA",
    "gte": "GTE",
    "modernbert": "ModernBERT",
    "mpnet": "MPNet",
    "new": "GTE",
    "roberta": "RoBERTa",
    "xlm-roberta": "XLM-R",
}
_DECODERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_CODE = ("auto_map", "quantization_config")
_CHOICE = re.compile(r"(attn|attention|experts)_implementation")  # may name a kernel on a hub
_NEW_DEFAULTS = {
    "vocab_size": 30528,
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.0,
    "max_position_embeddings": 2048,
    "type_vocab_size": 1,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}


def family(config: dict[str, Any]) -> str:
    """Return the architecture as the field names it, such as "DeBERTa-v2"."""
    kind = str(config.get("model_type") or "")
    return FAMILIES.get(kind, kind)


def refuse_others(config: dict[str, Any], name: str) -> None:
    """Raise `UserError` where a config.json plainly belongs to no text encoder."""
    made_for = [str(architecture) for architecture in config.get("architectures") or []]
    writes = bool(config.get("is_encoder_decoder") or config.get("is_decoder"))
    wordless = "hidden_size" in config and "vocab_size" not in config
    if writes or wordless or any(one.endswith(_DECODERS) for one in made_for):
        raise not_an_encoder(name, str(config.get("model_type") or "?"))


def not_an_encoder(name: str, kind: str) -> UserError:
    """Return the sentence for a model that gives no vector per token of a text read in both directions."""
    return UserError(
        N_(
            "{name} is not a text encoder: its architecture is {kind}. Choose one such as BERT, "
            "RoBERTa, XLM-R, DeBERTa, ELECTRA or GTE."
        ),
        name=name,
        kind=kind,
    )


def native_config(config: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the config as transformers knows it: unchanged, but for the remote-code kind `new`.

    `new` is Alibaba-NLP/new-impl (gte-multilingual-base and its children), which transformers has as `gte`.
    Its NTK scaling by f divides the frequency of dimension pair i of d by f^(2i/d) and all by f^(2/d)
    (https://kexue.fm/archives/9706), which is base θ·f with linear scaling by f^(2/d).
    Raises `UserError` where a setting has no counterpart in `gte`.
    """
    if config.get("model_type") != "new":
        return config
    values = {key: config.get(key, default) for key, default in _NEW_DEFAULTS.items()}
    theta, scaling = float(config.get("rope_theta", 10_000.0)), config.get("rope_scaling") or {}
    unsupported = {
        "layer_norm_type": config.get("layer_norm_type", "layer_norm") != "layer_norm",
        "position_embedding_type": config.get("position_embedding_type", "rope") != "rope",
        "pack_qkv": not config.get("pack_qkv", True),
        "logn_attention_scale": bool(config.get("logn_attention_scale")),
        "rope_scaling": bool(scaling)
        and (scaling.get("type") != "ntk" or scaling.get("mixed_b") is not None),
    }
    for setting, is_unsupported in unsupported.items():
        if is_unsupported:
            raise UserError(
                N_(
                    "{name} could not be loaded: transformers does not support its setting {setting} = "
                    "{value}, and the app never runs the code that comes with an encoder."
                ),
                name=name,
                setting=setting,
                value=str(config.get(setting)),
            )
    rope: dict[str, Any] = {"rope_type": "default", "rope_theta": theta}
    if scaling:
        factor = float(scaling["factor"])
        per_head = values["hidden_size"] // values["num_attention_heads"]
        rope = {"rope_type": "linear", "rope_theta": theta * factor, "factor": factor ** (2 / per_head)}
    return {"model_type": "gte", **values, "rope_parameters": rope}


def transformers_config(values: dict[str, Any], name: str) -> Any:
    """Return the config object of transformers for a config.json's values.

    What would have transformers fetch code from a hub, such as a kernel for attention, is left out. Raises
    `UserError` for a kind that transformers does not know, and for one that is no encoder.
    """
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    values = native_config(values, name)
    kind = str(values.get("model_type") or "?")
    if kind not in CONFIG_MAPPING_NAMES:
        raise UserError(
            N_(
                "{name} could not be loaded: transformers does not know its architecture {kind}, and the "
                "app never runs the code that comes with an encoder."
            ),
            name=name,
            kind=kind,
        )
    if kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise not_an_encoder(name, kind)
    wanted = {key: value for key, value in values.items() if key not in _CODE and not _CHOICE.search(key)}
    return CONFIG_MAPPING[kind].from_dict(wanted)
