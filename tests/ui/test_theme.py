"""Colours: one place for all charts, and in step with the theme of the pages."""

import re
import tomllib
from pathlib import Path

import pytest

from core.train.models.registry import MODELS
from core.ui import theme
from core.ui.theme import CATEGORIES, DARK, LIGHT, class_colours, model_colours, style

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _light(monkeypatch):
    monkeypatch.setattr(theme, "palette", lambda: LIGHT)


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one, other):
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_chart_writes_a_colour_of_its_own():
    colour = re.compile(r"#[0-9a-fA-F]{6}\b|rgba?\(\d")
    modules = [path for path in (ROOT / "core/ui").rglob("*.py") if path.name not in ("theme.py", "frame.py")]
    assert [path.name for path in modules if colour.search(path.read_text(encoding="utf-8"))] == []
    assert all(not colour.search(p.read_text(encoding="utf-8")) for p in (ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize(("name", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_charts_are_legible_on_the_page(name, colours):
    page = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"][name]
    background = page["backgroundColor"]
    assert colours.text == page["textColor"]
    assert _contrast(colours.text, background) > 7
    for colour in (colours.high, colours.low, colours.accent):
        assert _contrast(colour, background) > 3  # WCAG 2.2, 1.4.11
    assert colours.surface == background
    for colour in (colours.muted, colours.good, colours.unsure):
        assert _contrast(colour, background) > 4.5  # of words: 1.4.3


def test_every_model_of_the_registry_has_a_colour_of_its_own_and_the_ensemble_the_accent():
    colours = model_colours([*MODELS, "mean"])
    assert set(colours) == {*MODELS, "mean"}
    assert len(set(colours.values())) == len(colours)
    assert next(iter(colours.items())) == ("mean", LIGHT.accent)
    assert [colours[name] for name in MODELS][:3] == [CATEGORIES[0], CATEGORIES[1], CATEGORIES[3]]


def test_scales_go_from_low_to_high():
    assert [colour for _, colour in LIGHT.diverging] == [LIGHT.low, LIGHT.middle, LIGHT.high]
    assert [place for place, _ in LIGHT.shares] == [0, 1]


@pytest.mark.parametrize(
    "classes",
    [("부정", "중립", "긍정"), ("negative", "neutral", "positive"), ("매도", "보유", "매수")],
)
def test_classes_that_go_from_down_to_up_are_low_grey_and_high(classes):
    assert list(class_colours(classes).values()) == [LIGHT.low, LIGHT.muted, LIGHT.high]


def test_two_classes_are_low_and_high_and_others_without_an_order_are_names():
    assert list(class_colours(("패", "승")).values()) == [LIGHT.low, LIGHT.high]
    assert list(class_colours(("가", "나", "다")).values()) == list(CATEGORIES[:3])


def test_strong_and_weak_ratings_are_shades_of_one_side():
    classes = ("strong sell", "sell", "hold", "buy", "strong buy")
    made = class_colours(classes)
    assert (made["strong sell"], made["hold"], made["strong buy"]) == (LIGHT.low, LIGHT.muted, LIGHT.high)
    assert len(set(made.values())) == 5


def test_the_style_sheet_speaks_in_the_colours_of_the_session():
    assert LIGHT.accent in style()
    assert LIGHT.muted in style()
