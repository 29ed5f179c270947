"""Settings in a file: TOML, and the INI with `[Path]` and `[Hyperparameters]` that many training scripts have."""

from __future__ import annotations

import configparser
import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from core.errors import UserError
from core.locale import N_
from core.tune.settings import TuneSettings

_INI = {  # of the INI -> of `TuneSettings`
    "max_seq_length": "max_length",
    "batch_size": "batch_size",
    "learning_rate": "learning_rate",
    "epochs": "epochs",
    "seed": "seed",
    "split_ratio": "test_share",
}
_PATHS = ("train_file", "valid_file", "output_dir", "checkpoint_dir")
_FIELDS = {field.name: str(field.type) for field in fields(TuneSettings)}


@dataclass(frozen=True)
class Config:
    """What a file of settings says: `settings` by the names of `TuneSettings`, and `paths` by those of the INI.

    `num_labels` is how many classes the file expects, None where it does not say. Of `paths` the command line uses
    `train_file` and `valid_file`; a tuned encoder always goes into the workspace.
    """

    settings: dict[str, Any]
    paths: dict[str, str]
    num_labels: int | None = None


def read_config(text: str) -> Config:
    """Read TOML, or the INI where the text begins a section `[Path]` or `[Hyperparameters]`.

    Raises `UserError` for a text that is neither, for an unknown key and for a value of another kind.
    """
    sections = {line.strip().lower() for line in text.splitlines() if line.strip().startswith("[")}
    if {"[path]", "[hyperparameters]"} & {section.partition(";")[0].strip() for section in sections}:
        return _read_ini(text)
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            N_("The file of settings cannot be read as TOML: {reason}."), reason=str(error)
        ) from error
    paths = {name: str(found.pop(name)) for name in _PATHS if name in found}
    return Config(_checked(found), paths)


def write_config(settings: TuneSettings) -> str:
    """Return the settings as TOML, which `read_config` reads."""
    return "".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in settings.as_dict().items()
    )


def _read_ini(text: str) -> Config:
    parser = configparser.ConfigParser(inline_comment_prefixes=(";",), interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise UserError(
            N_("The file of settings cannot be read as INI: {reason}."), reason=" ".join(str(error).split())
        ) from error
    found = {key: value for section in parser.sections() for key, value in parser.items(section)}
    paths = {name: found.pop(name) for name in _PATHS if name in found}
    if name := found.pop("model_name", ""):
        paths["model_name"] = name
    labels = found.pop("num_labels", "")
    named: dict[str, Any] = {_INI.get(name, name): _value(value) for name, value in found.items()}
    share = named.get("test_share")
    if isinstance(share, float) and share > 0.5:  # what is trained on, in many scripts
        named["test_share"] = round(1 - share, 6)
    if "model_name" in paths:
        named["encoder"] = paths.pop("model_name")
    return Config(_checked(named), paths, int(_value(labels)) if labels else None)


def _value(text: str) -> Any:
    """Return a value of the INI as TOML would have it; what is none is a text."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        try:
            return float(text)
        except ValueError:
            return text


def _checked(found: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(found) - set(_FIELDS))
    if unknown:
        raise UserError(
            N_("The file of settings has unknown keys: {keys}. Known are: {known}."),
            keys=", ".join(unknown),
            known=", ".join([*_FIELDS, *_PATHS]),
        )
    for name, value in found.items():
        kind = _FIELDS[name]
        whole = isinstance(value, int) and not isinstance(value, bool)
        right = {
            "int": whole,
            "float": whole or isinstance(value, float),
            "bool": isinstance(value, bool),
            "str": isinstance(value, str),
        }[kind]
        if not right:
            raise UserError(
                N_("The setting {setting} is {value}, which is not of the kind {kind}."),
                setting=name,
                value=str(value),
                kind=kind,
            )
    return found


def read_config_file(path: Path) -> Config:
    """Read a file of settings; raises `UserError` as `read_config` does, and where it cannot be read as UTF-8."""
    try:
        return read_config(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            N_("The file {file} cannot be read: {reason}."), file=str(path), reason=str(error)
        ) from error
