"""The encoders of the hub that the app knows by name: facts from their pages, and what each is good for.

Parameters are counted without a pooler from each encoder's own configuration. A plain language model states
no pooling; its own is then the mean, as sentence-transformers takes it. A licence that an encoder's page does
not state is left empty.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.embed.checkpoint.folder import pickled_notice
from core.embed.encoder_card import EncoderCard, Origin
from core.embed.pooling import CLS, MEAN
from core.locale import N_

FINANCE = N_("Korean finance")
KOREAN = N_("Korean")
MULTILINGUAL = N_("many languages")
ENGLISH = N_("English")

REMOTE_CODE = N_(
    "Its repository comes with code of its own, which the app never runs. The weights are "
    "loaded into the GTE of transformers, and refused if they do not fit."
)
NOT_FOR_SENTENCES = N_("Not trained to compare sentences. Without fine-tuning it separates headlines poorly.")


def _hub(id: str, dim: int, parameters: int, megabytes: int, **facts: Any) -> EncoderCard:
    """Return an entry; `megabytes` is the size of the download."""
    card = EncoderCard(
        id=id,
        name=id,
        folder=None,
        dim=dim,
        origin=Origin.HUB,
        parameters=parameters,
        megabytes=round(parameters * 4 / 1e6),
        download_megabytes=megabytes,
        source=f"https://huggingface.co/{id}",
    )
    return replace(card, **facts)


ENTRIES: tuple[EncoderCard, ...] = (
    _hub(
        "upskyy/kf-deberta-multitask",
        768,
        185_290_752,
        746,
        family="DeBERTa-v2",
        tokenizer="WordPiece",
        pooling=MEAN,
        max_length=128,
        domain=FINANCE,
        best=N_(
            "The first choice online: knows Korean financial terms and is tuned to compare sentences "
            "(KorSTS 86.25)."
        ),
        worst=N_("Reads 128 tokens: enough for headlines, too few for articles. Its page states no licence."),
    ),
    _hub(
        "kakaobank/kf-deberta-base",
        768,
        185_290_752,
        751,
        family="DeBERTa-v2",
        tokenizer="WordPiece",
        pooling=MEAN,
        domain=FINANCE,
        licence="MIT",
        best=N_(
            "The strongest base for fine-tuning on Korean financial text (KLUE average 82.83, "
            "financial tasks 95.27)."
        ),
        worst=NOT_FOR_SENTENCES,
        notice=pickled_notice(),
    ),
    _hub(
        "snunlp/KR-FinBert-SC",
        768,
        100_810_752,
        406,
        family="BERT",
        tokenizer="WordPiece",
        pooling=CLS,
        domain=FINANCE,
        best=N_(
            "The tone of financial news: trained on 440,067 news items and 11,237 analyst reports, then "
            "tuned to tell negative, neutral and positive."
        ),
        worst=N_("Tuned for three tones only, so it separates topics poorly. Its page states no licence."),
        notice=pickled_notice(),
    ),
    _hub(
        "BM-K/KoSimCSE-roberta",
        768,
        110_027_520,
        443,
        family="RoBERTa",
        tokenizer="WordPiece",
        pooling=CLS,
        domain=KOREAN,
        licence="CC-BY-SA-4.0",
        best=N_("Similarity of general Korean sentences, at base size (KorSTS 83.77)."),
        worst=N_("Trained on translated everyday sentences, so it hardly knows financial terms."),
    ),
    _hub(
        "snunlp/KR-SBERT-V40K-klueNLI-augSTS",
        768,
        116_170_752,
        469,
        family="BERT",
        tokenizer="WordPiece",
        pooling=MEAN,
        max_length=128,
        domain=KOREAN,
        best=N_("Groups Korean sentences of the same meaning, with a Korean vocabulary of 40,000 pieces."),
        worst=N_("Reads 128 tokens and was not trained on finance; its page states no licence."),
        notice=pickled_notice(),
    ),
    _hub(
        "snunlp/KR-SBERT-Medium-klueNLI-klueSTS",
        768,
        100_810_752,
        407,
        family="BERT",
        tokenizer="WordPiece",
        pooling=MEAN,
        domain=KOREAN,
        best=N_("A light Korean sentence encoder, tuned on KLUE's inference and similarity pairs."),
        worst=N_("Its vocabulary of 20,000 pieces splits company names. Its page states no licence."),
    ),
    _hub(
        "upskyy/bge-m3-korean",
        1024,
        566_705_152,
        2_292,
        family="XLM-R",
        tokenizer="SentencePiece",
        pooling=MEAN,
        context=8_192,
        domain=MULTILINGUAL,
        best=N_("Korean and foreign headlines together: BGE-M3 tuned on Korean sentence pairs."),
        worst=N_("Large, and slow without a graphics card. Its page states no licence."),
    ),
    _hub(
        "upskyy/gte-base-korean",
        768,
        305_368_320,
        1_239,
        family="GTE",
        tokenizer="SentencePiece",
        pooling=MEAN,
        context=8_192,
        domain=MULTILINGUAL,
        licence="Apache-2.0",
        best=N_("Many languages at half the size of the large encoders, tuned on Korean sentence pairs."),
        worst=N_("Other programs need its own code to run it. It was not tuned on financial text."),
        notice=REMOTE_CODE,
    ),
    _hub(
        "dragonkue/snowflake-arctic-embed-l-v2.0-ko",
        1024,
        566_705_152,
        2_288,
        family="XLM-R",
        tokenizer="SentencePiece",
        pooling=CLS,
        prefix="query: ",
        normalised=True,
        context=8_192,
        domain=MULTILINGUAL,
        licence="Apache-2.0",
        best=N_(
            "Finds the Korean text that answers a question. Trained on news, financial and legal "
            "documents as well."
        ),
        worst=N_(
            "Made for search more than for similarity between headlines. Large, and slow without a "
            "graphics card."
        ),
    ),
    _hub(
        "intfloat/multilingual-e5-large",
        1024,
        558_840_832,
        2_262,
        family="XLM-R",
        tokenizer="SentencePiece",
        pooling=MEAN,
        prefix="query: ",
        normalised=True,
        domain=MULTILINGUAL,
        licence="MIT",
        best=N_("A good all-rounder in 100 languages: the large version of the bundled encoder."),
        worst=N_(
            "Slow without a graphics card. Its cosines lie between 0.7 and 1, so only their "
            "differences matter."
        ),
    ),
    _hub(
        "intfloat/multilingual-e5-small",
        384,
        117_505_920,
        493,
        family="BERT",
        tokenizer="SentencePiece",
        pooling=MEAN,
        prefix="query: ",
        normalised=True,
        domain=MULTILINGUAL,
        licence="MIT",
        best=N_(
            "Small and fast in 100 languages: the bundled encoder before its weights were quantised "
            "to 4 bits."
        ),
        worst=N_("Misses fine distinctions that larger encoders see. Its cosines lie between 0.7 and 1."),
    ),
    _hub(
        "sentence-transformers/all-MiniLM-L6-v2",
        384,
        22_565_376,
        92,
        family="BERT",
        tokenizer="WordPiece",
        pooling=MEAN,
        max_length=256,
        normalised=True,
        context=512,
        domain=ENGLISH,
        licence="Apache-2.0",
        best=N_("The fastest of this list, for English headlines."),
        worst=N_("English only: it understands almost nothing of a Korean headline."),
    ),
    _hub(
        "google-bert/bert-base-multilingual-cased",
        768,
        177_262_848,
        717,
        family="BERT",
        tokenizer="WordPiece",
        pooling=MEAN,
        domain=MULTILINGUAL,
        licence="Apache-2.0",
        best=N_("A well-known baseline in 104 languages."),
        worst=N_("Splits Korean words into many small pieces and is not trained to compare sentences."),
    ),
    _hub(
        "team-lucid/deberta-v3-base-korean",
        768,
        134_679_552,
        543,
        family="DeBERTa-v2",
        pooling=MEAN,
        domain=KOREAN,
        licence="Apache-2.0",
        best=N_("A good base for fine-tuning on general Korean (NSMC 91.22, KorNLI 82.81)."),
        worst=NOT_FOR_SENTENCES,
    ),
    _hub(
        "monologg/koelectra-base-v3-discriminator",
        768,
        112_330_752,
        452,
        family="ELECTRA",
        tokenizer="WordPiece",
        pooling=MEAN,
        domain=KOREAN,
        licence="Apache-2.0",
        best=N_("A proven base for fine-tuning a Korean classifier (KorSTS 85.53 after tuning)."),
        worst=N_(
            "Trained to detect replaced tokens. Without fine-tuning its vectors say little about a sentence."
        ),
        notice=pickled_notice(),
    ),
    # SKT's KoBERT with the vocabulary as BERT's own: skt/ and monologg/ need a tokenizer that is remote code
    _hub(
        "beomi/kobert",
        768,
        91_596_288,
        369,
        family="BERT",
        tokenizer="WordPiece",
        pooling=MEAN,
        domain=KOREAN,
        best=N_("KoBERT, the classic Korean baseline, in a form that needs no code of its own."),
        worst=N_(
            "Trained on Wikipedia only, with 8,002 pieces, and not to compare sentences. The page of "
            "this copy states no licence."
        ),
    ),
)
