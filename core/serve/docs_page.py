"""The paths and their fields as a page that needs neither script nor network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from core.locale import N_, translate

_TITLE = N_("Headline Lab for other programs")
_INTRO = N_(
    "Every address but this page, /openapi.json and /health wants the server's token. Every error is one sentence: "
    "{error}. Accept-Language chooses its language."
)
_ERROR = '{"error": "…"}'
_EXAMPLE = N_("An example")
_ASKED, _ANSWERED = N_("Asked"), N_("Answered")
_FIELD, _KIND, _MEANING = N_("Field"), N_("Type"), N_("Meaning")
_REQUIRED = N_("required")
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}"
    "pre{overflow-x:auto;padding:1rem;border:1px solid #8888;border-radius:.4rem}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid #8884}div{overflow-x:auto}h2 code{font-size:1em}"
)
_JSON = "application/json"


def docs_page(schema: Mapping[str, Any], language: str) -> str:
    """Return the page of an OpenAPI schema, its sentences in a language."""

    def say(template: str, **params: object) -> str:
        return escape(translate(template, language, params))

    models = schema["components"]["schemas"]
    parts = [
        f"<h1>{say(_TITLE)}</h1>",
        f"<p>{say(_INTRO, error=_ERROR)}</p>",
        f"<h2>{say(_EXAMPLE)}</h2><pre>{escape(_curl(models))}</pre>",
    ]
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            parts.append(f"<h2><code>{escape(method.upper())} {escape(path)}</code></h2>")
            parts.append(f"<p>{say(told['summary'])}</p>")
            for title, content in (
                (_ASKED, told.get("requestBody", {}).get("content")),
                (_ANSWERED, told["responses"]["200"].get("content")),
            ):
                if content:
                    name = _named(content[_JSON]["schema"])
                    parts.append(f"<h3>{say(title)}</h3>{_table(models[name], say, title is _ASKED)}")
    fields = [name for name in models if name not in ("HTTPValidationError", "ValidationError")]
    parts += [f"<h3 id='{escape(name)}'>{escape(name)}</h3>{_table(models[name], say)}" for name in fields]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>{say(_TITLE)}</title>"
    return f"<!doctype html><html lang='{language}'>{head}<style>{_STYLE}</style><body>{''.join(parts)}</body></html>"


def _curl(models: Mapping[str, Any]) -> str:
    example = json.dumps(models["Asked"]["examples"][0], ensure_ascii=False, indent=1)
    return (
        "curl -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\\n"
        f"  -d '{example}' \\\n  HOST:PORT/predict"
    )


def _table(model: Mapping[str, Any], say: Any, asked: bool = False) -> str:
    required = model.get("required", ()) if asked else ()
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{_kind(field)}</td><td>{say(field.get('description', ''))}"
        f"{' (' + say(_REQUIRED) + ')' if name in required else ''}</td></tr>"
        for name, field in model.get("properties", {}).items()
    )
    head = f"<tr><th>{say(_FIELD)}</th><th>{say(_KIND)}</th><th>{say(_MEANING)}</th></tr>"
    return f"<div><table>{head}{rows}</table></div>"


def _named(schema: Mapping[str, Any]) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _kind(field: Mapping[str, Any]) -> str:
    """Return a field's type in words, a model's as a link to its table."""
    if "$ref" in field:
        name = escape(_named(field))
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in field:
        return " | ".join(dict.fromkeys(_kind(one) for one in field["anyOf"]))
    if field.get("type") == "array":
        return f"[{_kind(field['items'])}]"
    if field.get("type") == "object" and isinstance(field.get("additionalProperties"), Mapping):
        return f"{{text: {_kind(field['additionalProperties'])}}}"
    return escape({"string": "text"}.get(field.get("type", ""), field.get("type", "")))
