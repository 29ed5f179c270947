"""Translations: English in the code, one `.po` catalog per other language, compiled in memory.

Templates are `str.format` templates. In Korean a particle follows its word by sound; a placeholder asks
for it with the particle's first form as its format: `{name:이}` gives 삼성전자가 and 현대차증권이.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from core.errors import Message

LANGUAGES = {"ko": "한국어", "en": "English"}

# first form (after a final consonant) -> (after a final consonant, after a vowel)
_PARTICLES = {
    "이": ("이", "가"),
    "은": ("은", "는"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
}
# final consonants of the digits' and letters' Korean names: 0 영 3 삼 6 육 M 엠 N 엔; 1 일 7 칠 8 팔 L 엘 R 알
_FINAL_IN_NAME = {**dict.fromkeys("036MNmn", "other"), **dict.fromkeys("178LRlr", "ㄹ")}


def N_(template: str) -> str:
    """Mark a template for translation where it will be shown later."""
    return template


def particle(word: str, first_form: str) -> str:
    """Return the form of a Korean particle that follows `word`."""
    after_consonant, after_vowel = _PARTICLES[first_form]
    last = next((c for c in reversed(word) if c.isalnum()), "")
    if "가" <= last <= "힣":
        final = (ord(last) - 0xAC00) % 28
        sound = "" if final == 0 else "ㄹ" if final == 8 else "other"
    else:
        sound = _FINAL_IN_NAME.get(last, "")
    vowel_form = sound == "" or (first_form == "으로" and sound == "ㄹ")
    return after_vowel if vowel_form else after_consonant


class _Word(str):
    """A string whose format specification may be a particle."""

    def __format__(self, spec: str) -> str:
        return str(self) + particle(self, spec) if spec in _PARTICLES else super().__format__(spec)


@lru_cache
def _catalog(language: str) -> gettext.NullTranslations:
    path = Path(__file__).with_name(f"{language}.po")
    if not path.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    buffer = io.BytesIO()
    with path.open("rb") as file:
        write_mo(buffer, read_po(file, locale=language))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def translate(template: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Translate a template and put the parameters in; a `Message` among them is translated too."""
    text = _catalog(language).gettext(template) if template else ""
    if not params:
        return text
    values: dict[str, object] = {}
    for key, value in params.items():
        if isinstance(value, Message):
            value = translate_message(value, language)
        values[key] = _Word(value) if isinstance(value, str) else value
    return text.format(**values)


def translate_message(message: Message, language: str) -> str:
    """Translate a message as a user will read it."""
    return translate(message.template, language, message.params)


def language_of(tag: str | None) -> str:
    """Return the language that serves a locale tag such as `ko-KR` or `ko_KR.UTF-8`: Korean or else English."""
    return "ko" if (tag or "").lower().startswith("ko") else "en"


def shell_language() -> str:
    """Return the language of the shell: `HEADLINE_LAB_LANG`, else the locale variables."""
    names = ("HEADLINE_LAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    return language_of(next((os.environ[name] for name in names if os.environ.get(name)), None))
