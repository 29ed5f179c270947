"""Translations: English in the code, one `.po` catalog per other language, compiled in memory.

Templates are `str.format` templates, marked where they are written: `N_` a sentence, `C_` one whose English serves
two meanings, `P_` one that counts `{n}`. In Korean a placeholder may ask for a particle, see `core.locale.korean`.
`python -m core.locale.update` brings the catalogs up to date with the code.
"""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import CONTEXT, PLURAL, Message, forms
from core.locale.korean import Word

LANGUAGES = {"ko": "한국어", "en": "English"}


def N_(template: str) -> str:
    """Mark a template for translation where it will be shown later."""
    return template


def C_(context: str, template: str) -> str:
    """Mark a template whose English has several translations; `context` says which is meant."""
    return context + CONTEXT + template


def P_(one: str, many: str) -> str:
    """Mark a template that counts: which of the two forms is right depends on the parameter `n`."""
    return one + PLURAL + many


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


def _text(template: str, language: str, n: Any) -> str:
    context, one, many = forms(template)
    catalog = _catalog(language)
    if many:
        return catalog.npgettext(context, one, many, n) if context else catalog.ngettext(one, many, n)
    return catalog.pgettext(context, one) if context else catalog.gettext(one)


def translate(template: str, language: str, params: Mapping[str, object] | None = None) -> str:
    """Translate a template and put the parameters in; a `Message` among them is translated too."""
    text = _text(template, language, (params or {}).get("n", 0)) if template else ""
    if not params:
        return text
    values: dict[str, object] = {}
    for key, value in params.items():
        if isinstance(value, Message):
            value = translate_message(value, language)
        values[key] = Word(value) if isinstance(value, str) else value
    return text.format(**values)


@lru_cache
def templates() -> frozenset[str]:
    """Return every template of ours, as `N_`, `C_` and `P_` make them: all stand in the Korean catalog."""
    from babel.messages.pofile import read_po

    with Path(__file__).with_name("ko.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ko") if message.id]
    keys = (message.id if isinstance(message.id, str) else P_(*message.id) for message in messages)
    return frozenset(
        C_(message.context, key) if message.context else key
        for message, key in zip(messages, keys, strict=True)
    )


def translate_message(message: Message, language: str) -> str:
    """Translate a message as a user will read it."""
    return translate(message.template, language, message.params)


def language_of(tag: str | None) -> str:
    """Return the language that serves a locale tag such as `ko-KR` or `ko_KR.UTF-8`: one of ours, or else English."""
    return next((code for code in LANGUAGES if (tag or "").lower().startswith(code)), "en")


def shell_language() -> str:
    """Return the language of the shell: `HEADLINE_LAB_LANG`, else the locale variables."""
    names = ("HEADLINE_LAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    return language_of(next((os.environ[name] for name in names if os.environ.get(name)), None))
