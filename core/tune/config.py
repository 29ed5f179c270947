"""Settings of a tuning as a file: TOML, and the INI that training scripts in the wild use."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from core.data.formats.encoding import find_encoding
from core.errors import Message, UserError
from core.locale import N_
from core.tune.settings import CLASSIFY, TuneSettings

PATHS = ("train_file", "valid_file", "output_dir", "checkpoint_dir")
LARGEST = 100_000  # characters
_INI_SETTINGS = {
    "model_name": "encoder",
    "max_seq_length": "max_length",
    "batch_size": "batch_size",
    "learning_rate": "learning_rate",
    "epochs": "epochs",
    "seed": "seed",
    "split_ratio": "test_share",
}
_SECTIONS = ("Path", "Hyperparameters")
_DEFAULTS = {setting.name: setting.default for setting in fields(TuneSettings)}


@dataclass(frozen=True)
class Config:
    """The settings that a file asks for, and its paths by name (`PATHS`).

    `classes` is how many the file expects, 0 for any.
    """

    settings: TuneSettings = field(default_factory=TuneSettings)
    paths: Mapping[str, str] = field(default_factory=dict)
    classes: int = 0


def read_config(data: bytes) -> Config:
    """Read TOML as `to_toml` writes it, or an INI with the sections [Path] and [Hyperparameters].

    In an INI, `;` begins a comment. Its `split_ratio` is the share of the test, or where it is above one half that of
    the training; `num_labels` of 2 or more means to classify.

    Raises `UserError` for a file that is neither, for keys that are not known, all named in one sentence, and for a
    value that is of the wrong kind or out of its range.
    """
    if len(data) > LARGEST:
        raise UserError(N_("The file of settings is larger than {most:,} bytes."), most=LARGEST)
    text = data.decode(find_encoding(data), "replace").removeprefix("\ufeff")
    ini = _ini(text)
    return _of_toml(text) if ini is None else _of_ini(ini)


def to_toml(config: Config) -> str:
    """Return the settings and paths as TOML, in the order of `TuneSettings`."""
    lines = [f"{name} = {_value(value)}" for name, value in config.settings.as_dict().items()]
    if config.classes:
        lines.append(f"num_labels = {config.classes}")
    if config.paths:
        lines += ["", "[paths]", *(f"{name} = {_value(path)}" for name, path in config.paths.items())]
    return "\n".join(lines) + "\n"


def _ini(text: str) -> configparser.ConfigParser | None:
    """Return the parsed INI; None where the text has neither of its sections."""
    parser = configparser.ConfigParser(
        interpolation=None, inline_comment_prefixes=(";",), comment_prefixes=(";", "#"), strict=False
    )
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return parser if any(parser.has_section(section) for section in _SECTIONS) else None


def _of_ini(parser: configparser.ConfigParser) -> Config:
    given = {key: value for section in parser.sections() for key, value in parser.items(section)}
    others = [section for section in parser.sections() if section not in _SECTIONS]
    _require_known([*others, *(key for key in given if key not in (*_INI_SETTINGS, *PATHS, "num_labels"))])
    chosen = {name: _typed(name, given[key]) for key, name in _INI_SETTINGS.items() if given.get(key)}
    share = chosen.get("test_share")
    if share is not None and share > 0.5:
        chosen["test_share"] = round(1 - share, 10)
    classes = int(_number("num_labels", given["num_labels"], whole=True)) if given.get("num_labels") else 0
    if classes >= 2:
        chosen["method"] = CLASSIFY
    return Config(TuneSettings(**chosen), {name: given[name] for name in PATHS if given.get(name)}, classes)


def _of_toml(text: str) -> Config:
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            N_(
                "The file of settings is neither TOML nor an INI with [Path] and [Hyperparameters]: {reason}."
            ),
            reason=str(error),
        ) from error
    paths = given.pop("paths", {})
    paths = paths if isinstance(paths, dict) else {"paths": paths}
    classes = given.pop("num_labels", 0)
    _require_known(
        [*(key for key in given if key not in _DEFAULTS), *(key for key in paths if key not in PATHS)]
    )
    chosen = {name: _typed(name, value) for name, value in given.items()}
    return Config(
        TuneSettings(**chosen),
        {name: str(path) for name, path in paths.items()},
        int(_number("num_labels", classes, whole=True)),
    )


def _require_known(unknown: list[str]) -> None:
    if unknown:
        raise UserError(
            N_("The file of settings holds what is not known: {names}. Known are {known}."),
            names=", ".join(unknown),
            known=", ".join([*_DEFAULTS, *_INI_SETTINGS, "num_labels", *PATHS]),
        )


def _typed(name: str, value: Any) -> Any:
    """Return a value as the setting's kind: true or false, a whole number, a number or a text."""
    default = _DEFAULTS[name]
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise _wrong(name, value, N_("true or false"))
    if isinstance(default, int | float):
        return _number(name, value, whole=isinstance(default, int))
    if not isinstance(value, str):
        raise _wrong(name, value, N_("a text"))
    return value


def _number(name: str, value: Any, whole: bool) -> Any:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)
        if whole and number != int(number):
            raise ValueError
        return int(number) if whole else number
    except (TypeError, ValueError, OverflowError) as error:
        raise _wrong(name, value, N_("a whole number") if whole else N_("a number")) from error


def _wrong(name: str, value: Any, kind: str) -> UserError:
    return UserError(
        N_("The setting {setting} is {value}; it has to be {kind}."),
        setting=name,
        value=str(value),
        kind=Message(kind),
    )


def _value(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
