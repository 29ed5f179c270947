"""Bring the catalogs up to date with the code: `python -m core.locale.update [FURTHER.po …]`.

This is `pybabel extract` and an update that runs twice to the same file. A string that is gone leaves the catalog,
a new one is taken from a further catalog where one has it, and what has no translation yet is printed.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po

from core.locale import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent
KEYWORDS = "_ md N_ C_:1c,2 P_:1,2"
_WIDTH = 100


def extract(root: Path = ROOT) -> Catalog:
    """Return every string that the code marks, with the files in which it stands."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        options = ["-F", str(root / "pyproject.toml"), "-k", KEYWORDS, "-c", "Translators:", "-o", str(pot)]
        places = [str(root / name) for name in ("app.py", "core", "pages")]
        pybabel: Any = CommandLineInterface()
        pybabel.run(["pybabel", "-q", "extract", "--add-location=file", *options, *places])
        return read_catalog(pot)


def read_catalog(path: Path, language: str | None = None) -> Catalog:
    """Read a `.po` or `.pot` file."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(template: Catalog, *sources: Catalog) -> Catalog:
    """Return the first source with the template's strings; what it lacks is taken from the others."""
    first = sources[0]
    result = Catalog(
        locale=first.locale,
        header_comment=first.header_comment,
        project="Headline Lab",
        version="0.2.0",
        msgid_bugs_address="the project's issues",
        last_translator="Headline Lab",
        language_team=first.language_team,
        creation_date=first.creation_date,
        revision_date=first.revision_date,
        fuzzy=False,
    )
    for message in sorted(template, key=_place):
        if message.id:
            known = next(filter(None, (_translated(source, message) for source in sources)), None)
            flags = message.flags | (known.flags & {"fuzzy"} if known else set())
            result.add(
                message.id,
                _string(message, known),
                _files(message),
                flags,
                message.auto_comments,
                known.user_comments if known else (),
                context=message.context,
            )
    return result


def write_catalog(catalog: Catalog, path: Path) -> None:
    """Write a catalog so that the same catalog gives the same bytes with any release of Babel."""
    with tempfile.TemporaryFile() as file:
        write_po(file, catalog, width=_WIDTH, ignore_obsolete=True, include_lineno=False)
        file.seek(0)
        text = re.sub(r'"Generated-By: .*\n', "", file.read().decode("utf-8"))
    path.write_text(text, encoding="utf-8")


def untranslated(catalog: Catalog) -> list[Message]:
    """Return the strings that have no translation, or one that somebody has to look at."""
    return [entry for entry in catalog if entry.id and (entry.fuzzy or not any(strings(entry)))]


def strings(entry: Message) -> tuple[str, ...]:
    """Return the translations of an entry: one, or one for each plural form of the language."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _translated(catalog: Catalog, message: Message) -> Message | None:
    found = catalog.get(message.id, message.context)
    return found if found and any(strings(found)) else None


def _string(message: Message, known: Message | None) -> str | tuple[str, ...]:
    """Return a translation in the shape of its message, which may have got or lost its plural."""
    if known is None:
        return ("",) if message.pluralizable else ""
    return strings(known) if message.pluralizable else strings(known)[0]


def _files(message: Message) -> list[tuple[str, int]]:
    """Return the files of a message, relative to the root, each once."""
    names = {Path(str(name)).resolve() for name, _line in message.locations}
    return [(name.relative_to(ROOT).as_posix(), 0) for name in sorted(names)]


def _place(message: Message) -> tuple[list[tuple[str, int]], str, str]:
    one = message.id if isinstance(message.id, str) else message.id[0]
    return _files(message) if message.id else [], one, message.context or ""


def main(further: list[str]) -> int:
    """Update every catalog; return 1 where a string has no translation yet."""
    template, missing = extract(), 0
    for language in LANGUAGES:
        path = FOLDER / f"{language}.po"
        if not path.exists():
            continue
        sources = [read_catalog(source, language) for source in (path, *map(Path, further))]
        catalog = updated(template, *sources)
        write_catalog(catalog, path)
        for entry in untranslated(catalog):
            missing += 1
            print(f"{path.name}: no translation: {entry.id}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
