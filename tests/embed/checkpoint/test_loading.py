import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch

from core.embed.checkpoint import hub, tokenizer
from core.embed.checkpoint.architectures import native_config, transformers_config
from core.embed.checkpoint.bert import BertEncoder
from core.embed.checkpoint.files import read_config
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.loading import load_model, load_tokenizer
from core.embed.encoder_card import Origin
from core.embed.pooling import POOLINGS, pooling_row
from core.embed.runtime.encoder import Encoder
from core.errors import UserError
from core.jobs import silent
from tests.makers.fake_hub import FakeHub, use
from tests.makers.new_kind import new_kind_hidden
from tests.makers.tiny_encoders import CORPUS, KINDS, save_wordpiece

TEXTS = [*CORPUS, "↑", "SK café 3,000 ① ㆍ…", "코스피 코스피 코스피 반등", CORPUS[0] + " " + CORPUS[1]]
OWN_TOKENIZER = {
    "team-lucid/deberta-v3-base-korean",
    "skt/kobert-base-v1",
}  # see core.embed.checkpoint.tokenizer
MINI_LM = "sentence-transformers/all-MiniLM-L6-v2"
BERTS = [name for name in KINDS if "deberta" not in name and "gte" not in name]
FAMILIES = [
    "BERT",
    "BERT",
    "BERT",
    "RoBERTa",
    "XLM-R",
    "XLM-R",
    "DeBERTa-v2",
    "DeBERTa-v2",
    "ELECTRA",
    "GTE",
    "BERT",
]


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """Every kind of encoder of the catalog, fetched from a hub on localhost as the app fetches one."""
    root = tmp_path_factory.mktemp("kinds")
    for name, build in KINDS.items():
        build(root / "hub" / name)
    with pytest.MonkeyPatch.context() as patch, FakeHub(root / "hub") as server:
        patch.setenv("HEADLINE_LAB_HOME", str(root / "home"))
        use(patch, server.url, root / "cache")
        yield {name: card_of_folder(hub.download(name, silent), name, Origin.HUB) for name in KINDS}


@pytest.fixture
def folder(home, tmp_path):
    return save_wordpiece(tmp_path / "tiny")


def change_config(folder, **values):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **values}))
    return folder


def float32(card):
    return load_model(card, torch.float32)


def hidden_of(model, ids):
    batch = torch.tensor([ids])
    with torch.inference_mode():
        return model(input_ids=batch, attention_mask=torch.ones_like(batch)).last_hidden_state[0].numpy()


def test_the_card_of_each_kind_names_its_family(cards):
    assert [card.family for card in cards.values()] == FAMILIES


@pytest.mark.slow
@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_agrees_with_sentence_transformers(cards, tmp_path, name, pooling):
    modules = pytest.importorskip("sentence_transformers.sentence_transformer.modules")
    from sentence_transformers import SentenceTransformer

    card = cards[name]
    folder = shutil.copytree(card.folder, tmp_path / "copy")
    (folder / "config.json").write_text(json.dumps(native_config(read_config(folder), name)))
    transformer = modules.Transformer(str(folder), model_kwargs={"dtype": torch.float32})
    if name in OWN_TOKENIZER:
        transformer.tokenizer._tokenizer = load_tokenizer(card)
        transformer.tokenizer.padding_side = "right"
    theirs = [transformer, modules.Pooling(card.dim, pooling_mode=pooling)]
    theirs += [modules.Normalize()] if card.normalised else []
    expected = SentenceTransformer(modules=theirs, device="cpu").encode(TEXTS, prompt=card.prefix or None)
    ours = encoder_of(card).encode(TEXTS)[pooling_row(pooling)]
    if card.normalised:
        ours = ours / np.linalg.norm(ours, axis=1, keepdims=True)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def encoder_of(card):
    return Encoder(card, "", float32(card), load_tokenizer(card), "cpu")


@pytest.mark.parametrize("name", KINDS)
def test_batch_padding_and_order_change_no_vector(cards, name):
    encoder = encoder_of(cards[name])
    together = encoder.encode(TEXTS)
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS], axis=1)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(together, encoder.encode(TEXTS[::-1])[:, ::-1], atol=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_a_text_of_the_greatest_length_is_read(cards, name):
    encoder = encoder_of(cards[name])
    assert len(load_tokenizer(cards[name]).encode("코스피 상승 " * 100).ids) == 64
    assert np.isfinite(encoder.encode(["코스피 상승 " * 100])).all()


@pytest.mark.parametrize("name", BERTS)
def test_the_own_bert_computes_what_transformers_computes(cards, name):
    from transformers import AutoModel

    model = float32(cards[name])
    assert isinstance(model, BertEncoder)
    theirs = AutoModel.from_pretrained(cards[name].folder, dtype=torch.float32).eval()
    ids = load_tokenizer(cards[name]).encode(TEXTS[0]).ids
    np.testing.assert_allclose(hidden_of(model, ids), hidden_of(theirs, ids), atol=1e-5)


@pytest.mark.parametrize("name", sorted(set(KINDS) - OWN_TOKENIZER))
def test_the_tokens_are_those_of_transformers(cards, name):
    from transformers import AutoTokenizer

    folder = cards[name].folder
    theirs = AutoTokenizer.from_pretrained(folder, config=transformers_config(read_config(folder), name))
    texts = [*TEXTS, "", "a [MASK] <mask> b", "Ｆｕｌｌ　ｗｉｄｔｈ"]
    ours = [encoding.ids for encoding in load_tokenizer(cards[name]).encode_batch(texts)]
    assert ours == [theirs(text).input_ids for text in texts]


@pytest.mark.parametrize("name", sorted(OWN_TOKENIZER))
def test_the_tokens_are_those_of_the_sentencepiece_model_between_first_and_last(cards, name):
    import sentencepiece

    (file,) = cards[name].folder.glob("*.model")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(file))
    first, last = pieces.piece_to_id("[CLS]"), pieces.piece_to_id("[SEP]")
    texts = [*CORPUS, "실적… ①②", "２３ ％"]
    ours = [encoding.ids for encoding in load_tokenizer(cards[name]).encode_batch(texts)]
    assert ours == [[first, *pieces.encode(text), last] for text in texts]


def test_a_tokenizer_file_of_xlmr_or_as_stored_needs_no_transformers(cards, folder, monkeypatch):
    monkeypatch.setattr(tokenizer, "_made_by_transformers", lambda *_: pytest.fail("transformers asked"))
    for card in (cards["intfloat/multilingual-e5-large"], card_of_folder(folder)):
        assert load_tokenizer(card).encode(CORPUS[0]).ids


def test_kobert_takes_no_comma_into_a_number(cards):
    ids = load_tokenizer(cards["skt/kobert-base-v1"]).encode("3,000").tokens
    assert "," in ids


@pytest.mark.parametrize("changes", [{"do_lower_case": True}, {"strip_accents": False}])
def test_options_that_differ_from_the_tokenizer_file_are_followed_as_transformers_does(
    cards, tmp_path, changes
):
    from transformers import AutoTokenizer

    folder = shutil.copytree(cards["BM-K/KoSimCSE-roberta"].folder, tmp_path / "copy")
    options = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(options | changes))
    ours = load_tokenizer(card_of_folder(folder)).encode("SK café LG").ids
    assert ours == AutoTokenizer.from_pretrained(folder)("SK café LG").input_ids


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"rope_scaling": None, "rope_theta": 500.0},
        {"rope_scaling": {"type": "ntk", "factor": 2.0}, "rope_theta": 50.0},
        {"type_vocab_size": 0},
    ],
)
def test_the_remote_code_kind_new_computes_what_its_own_code_computes(home, tmp_path, changes):
    from safetensors.torch import load_file

    from tests.makers.tiny_files import new_kind_tensors, write_weights

    folder = change_config(KINDS["upskyy/gte-base-korean"](tmp_path / "new"), **changes)
    write_weights(folder, new_kind_tensors(read_config(folder)), "safetensors")
    card = card_of_folder(folder)
    ids = load_tokenizer(card).encode(TEXTS[-1]).ids
    expected = new_kind_hidden(load_file(folder / "model.safetensors"), read_config(folder), ids)
    np.testing.assert_allclose(hidden_of(float32(card), ids), expected.numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("logn_attention_scale", True),
        ("layer_norm_type", "rms_norm"),
        ("position_embedding_type", "absolute"),
        ("pack_qkv", False),
        ("rope_scaling", {"type": "dynamic", "factor": 2.0}),
        ("rope_scaling", {"type": "ntk", "factor": 2.0, "mixed_b": 0.6}),
    ],
)
def test_what_the_kind_new_has_and_transformers_has_not_is_refused_by_name(home, tmp_path, setting, value):
    folder = change_config(KINDS["upskyy/gte-base-korean"](tmp_path / "new"), **{setting: value})
    with pytest.raises(UserError, match=f"does not support its setting {setting}"):
        float32(card_of_folder(folder))


@pytest.mark.parametrize(
    "changes",
    [
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]},
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
        {"model_type": "t5", "is_encoder_decoder": True, "architectures": ["T5Model"]},
        {"model_type": "bert", "is_decoder": True},
        {"model_type": "vit", "architectures": ["ViTModel"], "vocab_size": None},
    ],
)
def test_a_model_that_is_no_encoder_is_refused(folder, changes):
    change_config(folder, **changes)
    if "vocab_size" in changes:
        config = {key: value for key, value in read_config(folder).items() if key != "vocab_size"}
        (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(
        UserError, match=rf"is not a text encoder: its architecture is {changes['model_type']}"
    ):
        card_of_folder(folder)


def test_a_decoder_that_does_not_say_so_is_refused_when_it_is_loaded(folder):
    with pytest.raises(UserError, match="is not a text encoder: its architecture is gpt2"):
        float32(card_of_folder(change_config(folder, model_type="gpt2", architectures=None)))


def test_a_kind_that_transformers_does_not_know_is_refused_and_its_code_not_run(folder, tmp_path):
    change_config(folder, model_type="evil", auto_map={"AutoModel": "evil.Evil", "AutoConfig": "evil.Evil"})
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(
        UserError, match="does not know its architecture evil, and the app never runs the code"
    ):
        float32(card_of_folder(folder))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("cut", [4, 100, -40])
def test_weights_that_break_off_are_said_in_one_sentence(folder, cut):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:cut])
    with pytest.raises(UserError, match="could not be loaded"):
        float32(card_of_folder(folder))


@pytest.mark.parametrize("kind", ["bert", "deberta-v2"])
def test_weights_that_lack_a_tensor_are_refused(cards, tmp_path, kind):
    from safetensors.torch import load_file, save_file

    name = "intfloat/multilingual-e5-large" if kind == "bert" else "team-lucid/deberta-v3-base-korean"
    folder = shutil.copytree(cards[name].folder, tmp_path / "copy")
    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"Missing tensors: 1, the first is encoder"):
        float32(card_of_folder(folder))


def test_the_weights_type_follows_the_wish_and_not_the_file(cards):
    half_stored = cards["upskyy/bge-m3-korean"]
    assert {parameter.dtype for parameter in float32(half_stored).parameters()} == {torch.float32}
    assert {p.dtype for p in load_model(half_stored, torch.bfloat16).parameters()} == {torch.bfloat16}


@pytest.mark.slow
def test_a_bert_is_loaded_without_importing_transformers(folder):
    code = (
        "import sys, torch; from pathlib import Path; from core.embed.checkpoint.folder import card_of_folder;"
        "from core.embed.checkpoint.loading import load_model, load_tokenizer;"
        "card = card_of_folder(Path(sys.argv[1])); load_model(card, torch.float32); load_tokenizer(card);"
        "sys.exit('transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder)], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "attention"),
    [("intfloat/multilingual-e5-large", "sdpa"), ("kakaobank/kf-deberta-base", "eager")],
)
@pytest.mark.parametrize(
    "setting", ["attn_implementation", "_attn_implementation", "_attn_implementation_internal"]
)
def test_a_config_cannot_choose_what_computes_attention(
    home, tmp_path, monkeypatch, name, attention, setting
):
    from transformers import modeling_utils

    monkeypatch.setattr(
        modeling_utils, "is_kernel", lambda asked: asked == "evil/kernels" and pytest.fail(asked)
    )
    folder = KINDS[name](tmp_path / "kind")
    model = float32(card_of_folder(change_config(folder, hidden_act="relu", **{setting: "evil/kernels"})))
    assert model.config._attn_implementation == attention


def test_code_that_a_config_names_is_left_out(folder):
    values = {
        **read_config(folder),
        "auto_map": {"AutoModel": "evil--x.Y"},
        "experts_implementation": "evil/x",
    }
    config = transformers_config(values, "tiny")
    assert not hasattr(config, "auto_map")
    assert config._experts_implementation is None


@pytest.mark.parametrize("hidden_act", ["gelu", "relu"])
def test_quantised_weights_are_refused(folder, hidden_act):
    quantised = {"quant_method": "bitsandbytes", "load_in_8bit": True}
    with pytest.raises(UserError, match="are quantised"):
        float32(card_of_folder(change_config(folder, hidden_act=hidden_act, quantization_config=quantised)))


@pytest.mark.parametrize(
    "changes", [{"num_attention_heads": 0}, {"pad_token_id": "x"}, {"layer_norm_eps": "x"}]
)
def test_a_config_of_impossible_values_is_said_in_one_sentence(folder, changes):
    with pytest.raises(UserError, match="could not be loaded"):
        float32(card_of_folder(change_config(folder, **changes)))
