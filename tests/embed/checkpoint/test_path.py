"""A path that leads to no encoder is called what it is."""

import os
from pathlib import Path

import pytest

from core.embed import resolve
from core.embed.checkpoint.path import local_folder, refuse_path
from core.errors import UserError


@pytest.mark.parametrize(
    "typed", ["{}/nowhere/at all", "{}/nowhere", "../no-such-folder", "~nobody/x", "C:\\models"]
)
def test_a_folder_that_does_not_exist_is_called_that(home, tmp_path, typed):
    name = typed.format(tmp_path)
    with pytest.raises(UserError, match="does not exist on this machine") as caught:
        resolve(name)
    assert caught.value.message.params["folder"] == name


def test_the_part_of_the_path_that_is_there_is_named(home, tmp_path):
    with pytest.raises(UserError, match=f"only {tmp_path} is there"):
        resolve(f"{tmp_path}/models/mine")


def test_a_file_is_called_a_file_and_its_folder_is_named(home, tmp_path):
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"")
    with pytest.raises(UserError, match=f"is a file.*: {tmp_path}$"):
        resolve(str(weights))


def test_a_folder_without_an_encoder_is_told_from_one_that_is_missing(home, tmp_path):
    with pytest.raises(UserError, match=r"has no config\.json: it is not a Hugging Face encoder"):
        resolve(str(tmp_path))


def test_a_folder_that_may_not_be_opened_is_said(home, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    with pytest.raises(UserError, match=f"The folder {tmp_path} may not be read by the app"):
        resolve(str(tmp_path))


def test_a_folder_below_one_that_may_not_be_opened_is_said(home, tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refused)
    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(UserError, match=f"The folder {tmp_path}/mine may not be read by the app"):
        resolve(f"{tmp_path}/mine")


@pytest.mark.parametrize(
    "name", ["", "ko-sroberta", "jhgan/ko-sroberta-multitask", "tuned:../secret", "x" * 5000, "a\0b"]
)
def test_a_name_that_is_no_path_is_left_to_others(name):
    refuse_path(name)
    assert local_folder(name) is None


@pytest.mark.parametrize("name", ["/a\0b", "/" + "x" * 5000])
def test_what_no_folder_can_be_called_is_said(name):
    with pytest.raises(UserError, match="is no path of a folder"):
        refuse_path(name)


def test_a_folder_is_found_from_its_path(tmp_path):
    assert local_folder(str(tmp_path)) == tmp_path.resolve()
