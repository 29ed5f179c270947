import re
from pathlib import Path

import pytest

from core.embed.catalog_entries import ENTRIES
from core.embed.checkpoint import hub
from core.embed.encoder_card import LONGEST, Origin
from core.embed.pooling import CLS, MEAN
from core.locale import translate

ISSUE = {
    "kakaobank/kf-deberta-base": (768, None, ""),
    "upskyy/kf-deberta-multitask": (768, MEAN, ""),
    "BM-K/KoSimCSE-roberta": (768, None, ""),
    "snunlp/KR-SBERT-V40K-klueNLI-augSTS": (768, None, ""),
    "snunlp/KR-SBERT-Medium-klueNLI-klueSTS": (768, None, ""),
    "upskyy/bge-m3-korean": (1024, None, ""),
    "upskyy/gte-base-korean": (768, MEAN, ""),  # asked for as CLS; its own page says mean
    "dragonkue/snowflake-arctic-embed-l-v2.0-ko": (1024, CLS, "query: "),
    "intfloat/multilingual-e5-large": (1024, MEAN, "query: "),
    "intfloat/multilingual-e5-small": (384, MEAN, "query: "),
    "sentence-transformers/all-MiniLM-L6-v2": (384, MEAN, ""),
    "google-bert/bert-base-multilingual-cased": (768, None, ""),
    "team-lucid/deberta-v3-base-korean": (768, None, ""),
    "monologg/koelectra-base-v3-discriminator": (768, None, ""),
    "beomi/kobert": (768, None, ""),
    "snunlp/KR-FinBert-SC": (768, None, ""),
}
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)


def test_every_encoder_that_was_asked_for_has_one_entry_and_the_recommended_one_comes_first():
    ids = [entry.id for entry in ENTRIES]
    assert sorted(ids) == sorted(ISSUE)
    assert ids[0] == "upskyy/kf-deberta-multitask"


@each
def test_an_entry_has_the_facts_that_were_asked_for(entry):
    dim, pooling, prefix = ISSUE[entry.id]
    assert (entry.dim, entry.prefix) == (dim, prefix)
    assert pooling is None or entry.pooling is pooling


@each
def test_an_entry_leaves_no_required_fact_empty(entry):
    required = ("name", "family", "parameters", "megabytes", "download_megabytes", "domain", "best", "worst")
    assert [fact for fact in required if not getattr(entry, fact)] == []
    assert (entry.folder, entry.origin) == (None, Origin.HUB)
    assert entry.source == f"https://huggingface.co/{entry.id}"


@each
def test_an_entrys_id_is_a_hub_id(entry):
    assert hub.is_hub_id(entry.id)
    assert "/" in entry.id


@each
def test_an_entrys_sizes_agree_with_one_another(entry):
    assert entry.megabytes == round(entry.parameters * 4 / 1e6)
    assert (
        entry.megabytes <= entry.download_megabytes <= 1.06 * entry.megabytes + 25
    )  # tokenizer, unused heads
    assert entry.max_length <= LONGEST
    assert entry.context == 0 or entry.context > entry.max_length


@each
def test_an_entrys_prefix_ends_with_a_space(entry):
    assert not entry.prefix or re.fullmatch(r"\w+: ", entry.prefix)


@each
def test_an_entrys_sentences_are_whole_sentences(entry):
    for text in filter(None, (entry.best, entry.worst, entry.notice)):
        assert text[0].isupper()
        assert text.endswith(".")


@each
def test_an_entrys_words_are_translated(entry):
    for text in filter(None, (entry.domain, entry.best, entry.worst, entry.notice)):
        assert re.search("[가-힣]", translate(text, "ko")), text


def test_every_sentence_is_marked_for_translation():
    source = (Path(__file__).parents[2] / "core" / "embed" / "catalog_entries.py").read_text(encoding="utf-8")
    plain = re.findall(r"(?:best|worst|notice|domain)=(\"|f\"|')", source)
    assert plain == []
