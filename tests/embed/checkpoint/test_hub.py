import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from core.embed.checkpoint import hub, hub_download
from core.embed.checkpoint.files import weight_files
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.pickled_weights import safetensors_folder
from core.errors import UserError
from core.jobs import Cancelled, silent
from tests.makers.fake_hub import FakeHub, use
from tests.makers.tiny_encoders import KINDS, save_wordpiece
from tests.makers.tiny_files import write_json

TINY = "org/tiny"
MINI_LM = "sentence-transformers/all-MiniLM-L6-v2"
KF_DEBERTA = "kakaobank/kf-deberta-base"


@pytest.fixture
def server(home, tmp_path, monkeypatch):
    with FakeHub(tmp_path / "hub") as running:
        use(monkeypatch, running.url, tmp_path / "cache")
        yield running


def build(server, name):
    KINDS[name](server.folder / name)
    return name


def build_large(server, size=3_000_000):
    """A tiny encoder with weights of about that many bytes, most of them of no use."""
    from safetensors.numpy import load_file, save_file

    folder = save_wordpiece(server.folder / TINY)
    ballast = np.random.default_rng(0).integers(0, 255, size).astype(np.uint8)
    tensors = load_file(folder / "model.safetensors") | {"ballast": ballast}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return (folder / "model.safetensors").read_bytes()


def ranges(server):
    return [asked for method, path, asked in server.requests if method == "GET" and "/lfs/" in path]


class Stopped:
    """A report that notes what it is told, and after so many megabytes says that the user cancelled."""

    def __init__(self, megabytes=float("inf")):
        self.megabytes = megabytes
        self.fractions = []
        self.messages = []

    def __call__(self, fraction, template, /, **params):
        self.fractions.append(fraction)
        self.messages.append(template.format(**params))
        if params.get("done", 0) >= self.megabytes:
            raise Cancelled


@pytest.mark.parametrize(
    ("name", "is_id"),
    [
        ("intfloat/multilingual-e5-large", True),
        ("bert-base-multilingual-cased", True),
        ("", False),
        ("a/b/c", False),
        ("../nowhere", False),
        ("a\0b", False),
        ("한국어/모델", False),
        ("org/name--x", False),
    ],
)
def test_a_hub_id_is_told_by_its_form(name, is_id):
    assert hub.is_hub_id(name) is is_id


def test_a_folder_that_exists_is_no_hub_id(tmp_path, monkeypatch):
    (tmp_path / "org" / "name").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert not hub.is_hub_id("org/name")


def test_only_what_is_needed_is_fetched(server):
    folder = server.folder / build(server, MINI_LM)
    for name in (
        "onnx/model.onnx",
        "openvino/openvino_model.bin",
        "tf_model.h5",
        "README.md",
        "rust_model.ot",
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"not needed")
    hub.download(MINI_LM, silent)
    assert server.downloaded() == {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "vocab.txt",
        "modules.json",
        "1_Pooling/config.json",
        "sentence_bert_config.json",
        "model.safetensors",
    }


def test_nothing_but_files_is_asked_for(server):
    hub.download(build(server, MINI_LM), silent)
    asked = {path.partition("/resolve/")[0] for _, path, _ in server.requests if not path.startswith("/lfs/")}
    api = f"/api/models/{MINI_LM}"
    assert asked == {api, f"{api}/tree/{server.commit(MINI_LM)}", f"/{MINI_LM}"}


def test_sharded_weights_come_with_their_index(server):
    folder = hub.download(build(server, "upskyy/bge-m3-korean"), silent)
    assert len(weight_files(folder)) == 4


def test_the_second_time_nothing_is_asked(server):
    folder = hub.download(build(server, MINI_LM), silent)
    server.requests.clear()
    assert hub.download(MINI_LM, silent) == folder == hub.local_snapshot(MINI_LM)
    assert not server.requests


def test_progress_rises_to_the_whole_with_bytes_and_speed(server):
    build_large(server)
    told = Stopped()
    hub.download(TINY, told)
    assert told.fractions == sorted(told.fractions)
    assert told.fractions[-1] > 0.9
    assert any(message.startswith("Downloading org/tiny: 2 of 3 MB, ") for message in told.messages)


def test_a_cancelled_download_goes_on_where_it_stopped(server):
    weights = build_large(server)
    server.block, server.pause = 100_000, 0.001
    with pytest.raises(Cancelled):
        hub.download(TINY, Stopped(megabytes=1))
    assert hub.local_snapshot(TINY) is None
    server.requests.clear()
    folder = hub.download(TINY, silent)
    (asked,) = ranges(server)
    assert 1_000_000 < int(asked.removeprefix("bytes=").removesuffix("-")) < 2_000_000
    assert (folder / "model.safetensors").read_bytes() == weights


def test_a_download_can_be_cancelled_between_small_files(server):
    build(server, MINI_LM)
    calls = []

    def report(fraction, template, /, **params):
        calls.append(template)
        if len(calls) > 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        hub.download(MINI_LM, report)
    assert hub.local_snapshot(MINI_LM) is None


def test_a_connection_that_breaks_off_is_taken_up_again(server, monkeypatch):
    monkeypatch.setattr(hub_download.time, "sleep", lambda seconds: None)
    weights = build_large(server)
    server.cut_after = 1_200_000
    folder = hub.download(TINY, silent)
    assert [asked == "bytes=0-" for asked in ranges(server)] == [True, False]
    assert (folder / "model.safetensors").read_bytes() == weights


def test_a_server_that_knows_no_ranges_is_asked_for_the_whole(server):
    weights = build_large(server)
    with pytest.raises(Cancelled):
        hub.download(TINY, Stopped(megabytes=1))
    server.ranges = False
    told = Stopped()
    folder = hub.download(TINY, told)
    assert (folder / "model.safetensors").read_bytes() == weights
    assert max(told.fractions) <= 1


def test_content_that_does_not_match_its_hash_is_never_used(server):
    build_large(server)
    with pytest.raises(Cancelled):
        hub.download(TINY, Stopped(megabytes=1))
    (part,) = (server.folder.parent / "cache").rglob("*.headline-lab.incomplete")
    part.write_bytes(b"\0" * part.stat().st_size)
    with pytest.raises(UserError, match=r"model\.safetensors of org/tiny arrived damaged"):
        hub.download(TINY, silent)
    assert weight_files(hub.download(TINY, silent))


def test_a_snapshot_that_lacks_a_shard_is_not_here(server):
    folder = hub.download(build(server, "upskyy/bge-m3-korean"), silent)
    (folder / "model-00002-of-00003.safetensors").unlink()
    assert hub.local_snapshot("upskyy/bge-m3-korean") is None
    assert hub.cached_ids() == []


def test_the_ids_of_whole_encoders_are_listed(server):
    for name in (MINI_LM, KF_DEBERTA):
        hub.download(build(server, name), silent)
    (server.folder.parent / "cache" / "models--org--empty").mkdir()
    assert hub.cached_ids() == [KF_DEBERTA, MINI_LM]


def test_the_size_still_to_be_fetched_is_asked_of_the_hub(server):
    weights = build_large(server)
    before = hub.size_to_download(TINY)
    with pytest.raises(Cancelled):
        hub.download(TINY, Stopped(megabytes=1))
    rest = hub.size_to_download(TINY)
    hub.download(TINY, silent)
    assert len(weights) < before < len(weights) + 50_000
    assert 1_000_000 < before - rest < 2_000_000
    assert hub.size_to_download(TINY) == 0


def test_pickled_weights_are_converted_after_they_came(server):
    told = Stopped()
    folder = hub.download(build(server, KF_DEBERTA), told)
    assert told.messages[-1] == f"Converting the weights of {KF_DEBERTA} to safetensors"
    converted = safetensors_folder(folder)
    assert converted.name == f"kakaobank--kf-deberta-base-{server.commit(KF_DEBERTA)}"
    assert card_of_folder(converted).family == "DeBERTa-v2"


def test_a_decoder_is_refused_before_its_weights_are_fetched(server):
    build_large(server)
    write_json(
        server.folder / TINY / "config.json", {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}
    )
    with pytest.raises(UserError, match="org/tiny is not a text encoder"):
        hub.download(TINY, silent)
    assert server.downloaded() == {"config.json"}


@pytest.mark.parametrize(
    ("missing", "instead", "sentence"),
    [
        ("tokenizer.json", "notes.txt", "org/tiny has no tokenizer"),
        ("model.safetensors", "tf_model.h5", "org/tiny has no usable weights"),
        ("model.safetensors", "flax_model.msgpack", "org/tiny has no usable weights"),
        ("model.safetensors", "onnx/model.onnx", "org/tiny has no usable weights"),
    ],
)
def test_a_repository_without_what_is_needed_is_refused(server, missing, instead, sentence):
    folder = save_wordpiece(server.folder / TINY)
    (folder / instead).parent.mkdir(exist_ok=True)
    (folder / missing).rename(folder / instead)
    with pytest.raises(UserError, match=sentence):
        hub.download(TINY, silent)


def test_without_a_network_the_remedies_are_said(server, monkeypatch, tmp_path):
    use(monkeypatch, "http://127.0.0.1:9", tmp_path / "cache")
    with pytest.raises(
        UserError, match=r"org/tiny is not on this machine.*HF_ENDPOINT.*copy the encoder's folder"
    ):
        hub.download(TINY, silent)
    with pytest.raises(UserError, match="org/tiny is not on this machine"):
        hub.size_to_download(TINY)


def test_offline_mode_is_named_and_what_is_here_is_used_all_the_same(server, monkeypatch, tmp_path):
    folder = hub.download(build(server, MINI_LM), silent)
    use(monkeypatch, server.url, tmp_path / "cache", offline=True)
    assert hub.download(MINI_LM, silent) == folder
    with pytest.raises(UserError, match="HF_HUB_OFFLINE is set"):
        hub.download(TINY, silent)


@pytest.mark.parametrize("token", [None, "hf_wrong"])
def test_a_gated_encoder_names_its_page_and_the_token(server, monkeypatch, token):
    build_large(server)
    server.gated.add(TINY)
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(UserError, match=rf"accept its terms.*{server.url}/org/tiny .*HF_TOKEN"):
        hub.download(TINY, silent)


def test_a_token_opens_a_gated_encoder(server, monkeypatch):
    build_large(server)
    server.gated.add(TINY)
    monkeypatch.setenv("HF_TOKEN", server.token)
    assert hub.download(TINY, silent) == hub.local_snapshot(TINY)


def test_an_unknown_id_is_said(server):
    with pytest.raises(UserError, match="has no encoder named org/nothing"):
        hub.download("org/nothing", silent)


def test_a_server_that_fails_is_said_with_its_answer(server):
    build_large(server)
    server.broken.add(TINY)
    with pytest.raises(UserError, match=r"could not deliver org/tiny \(HTTP 500\)"):
        hub.download(TINY, silent)


def test_a_server_whose_hashes_are_none_is_no_hub(server, monkeypatch, tmp_path):
    build(server, MINI_LM)
    monkeypatch.setattr(type(server), "commit", lambda self, repo_id: "../../outside")
    with pytest.raises(UserError, match=r"could not deliver .* \(The answer holds hashes of another form"):
        hub.download(MINI_LM, silent)
    assert not (tmp_path / "cache" / "outside").exists()


def test_a_file_that_cannot_be_had_is_said(server):
    build_large(server)
    server.lost.add("tokenizer.json")
    with pytest.raises(UserError, match=r"could not deliver org/tiny \(HTTP 404\)"):
        hub.download(TINY, silent)


@pytest.mark.parametrize("lost", ["modules.json", "1_Pooling/config.json"])
def test_an_encoder_whose_settings_did_not_come_is_not_here(server, lost):
    add_cls_pooling(server.folder / build(server, MINI_LM))
    server.lost.add(lost)
    with pytest.raises(UserError, match="HTTP 404"):
        hub.download(MINI_LM, silent)
    assert hub.local_snapshot(MINI_LM) is None
    assert not {name for name in server.downloaded() if "model" in name}
    server.lost.clear()
    assert card_of_folder(hub.download(MINI_LM, silent)).pooling == "cls"


def add_cls_pooling(folder):
    write_json(folder / "1_Pooling" / "config.json", {"pooling_mode_cls_token": True})


def test_a_large_file_outside_lfs_is_checked_against_gits_hash(server, monkeypatch):
    vocabulary = add_large_vocabulary(server)
    with monkeypatch.context() as patch:
        patch.setitem(
            server.instead, f"/{TINY}/resolve/{server.commit(TINY)}/vocab.txt", (200, vocabulary[::-1])
        )
        patch.setattr(hub_download, "fetched", lambda *_: 0)
        with pytest.raises(UserError, match=r"vocab\.txt of org/tiny arrived damaged"):
            hub.download(TINY, silent)
    assert (hub.download(TINY, silent) / "vocab.txt").read_bytes() == vocabulary


def add_large_vocabulary(server):
    vocabulary = "\n".join(f"word{i}" for i in range(150_000)).encode()
    (save_wordpiece(server.folder / TINY) / "vocab.txt").write_bytes(vocabulary)
    return vocabulary


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "reason"), [((206, b""), "less"), ((200, b"short"), "less"), ((200, b"x" * 4_000_000), "more")]
)
def test_an_answer_of_another_size_than_announced_ends_the_download(server, monkeypatch, answer, reason):
    monkeypatch.setattr(hub_download.time, "sleep", lambda seconds: None)
    build_large(server)
    server.instead["/lfs/"] = answer
    told = Stopped()
    with pytest.raises(UserError, match=f"could not deliver org/tiny .The answer holds {reason} of the file"):
        hub.download(TINY, told)
    assert 1 <= len(ranges(server)) <= 6
    held = [part.stat().st_size for part in (server.folder.parent / "cache").rglob("*.incomplete")]
    assert max(held) <= len(build_large(server))


def test_a_download_that_gets_nothing_can_be_cancelled(server, monkeypatch):
    monkeypatch.setattr(hub_download.time, "sleep", lambda seconds: None)
    build_large(server)
    server.instead["/lfs/"] = (206, b"")

    def report(fraction, template, /, **params):
        if ranges(server):
            raise Cancelled

    with pytest.raises(Cancelled):
        hub.download(TINY, report)
    assert len(ranges(server)) == 1


@pytest.mark.parametrize("body", [b"<html>blocked by policy</html>", b"[]", b"3", b'{"sha": 3}', b"\xff"])
@pytest.mark.parametrize("ask", [hub.size_to_download, lambda name: hub.download(name, silent)])
def test_an_answer_that_is_no_hubs_is_said(server, body, ask):
    server.instead["/"] = (200, body)
    with pytest.raises(
        UserError, match=f"{server.url} did not answer as a hub does|of another form than a hub's"
    ):
        ask(TINY)


def test_a_token_that_is_not_accepted_is_named(server, monkeypatch):
    build_large(server)
    server.strict = True
    monkeypatch.setenv("HF_TOKEN", "hf_stale")
    with pytest.raises(UserError, match="or does not accept the token set in HF_TOKEN"):
        hub.download(TINY, silent)
    monkeypatch.delenv("HF_TOKEN")
    assert hub.download(TINY, silent)


def test_a_token_file_that_is_not_accepted_is_named(server, tmp_path):
    server.strict = True
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "no-token").write_text("hf_stale")
    with pytest.raises(UserError, match=r"does not accept the token set in .*no-token"):
        hub.download(TINY, silent)


@pytest.mark.parametrize("size", [3_000_000, 1_000])  # the larger goes through our own stream
def test_a_token_is_never_sent_on_to_another_host(server, monkeypatch, size):
    build_large(server, size)
    server.gated.add(TINY)
    monkeypatch.setenv("HF_TOKEN", server.token)
    with FakeHub(server.folder) as other:
        server.cdn = other.url
        hub.download(TINY, silent)
    assert f"Bearer {server.token}" in server.tokens
    assert [path for _, path, _ in other.requests if path.startswith("/lfs/")]
    assert set(other.tokens) == {""}


def test_a_cache_that_may_not_be_written_names_how_to_move_it(server, monkeypatch):
    build_large(server)

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(hub_download, "_append", refuse)
    with pytest.raises(UserError, match=r"No permission to write to the hub's cache .*HF_HUB_CACHE"):
        hub.download(TINY, silent)


def test_a_reference_that_is_no_text_is_no_encoder(server):
    hub.download(build(server, MINI_LM), silent)
    (reference,) = (server.folder.parent / "cache").rglob("refs/main")
    reference.write_bytes(b"\xff\xfe")
    assert hub.local_snapshot(MINI_LM) is None
    assert hub.cached_ids() == []


def test_a_folder_that_cannot_be_read_leaves_the_other_encoders_listed(server, monkeypatch):
    for name in (KF_DEBERTA, MINI_LM):
        hub.download(build(server, name), silent)
    whole = hub.tokenizer_files

    def refused(folder):
        if "kakaobank" in str(folder):
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(folder)

    monkeypatch.setattr(hub, "tokenizer_files", refused)
    assert hub.cached_ids() == [MINI_LM]


def test_a_full_disk_is_said_and_what_was_fetched_goes_on_later(server, monkeypatch):
    weights = build_large(server)

    def full(url, part, size, progress):
        part.write_bytes(weights[:1_000_000])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(hub_download, "_append", full)
        with pytest.raises(
            UserError, match=r"The disk is full.*hub's cache .*cache\. .*HF_HOME or HF_HUB_CACHE"
        ):
            hub.download(TINY, silent)
    hub.download(TINY, silent)
    assert ranges(server) == ["bytes=1000000-"]


@pytest.mark.slow
def test_the_environment_of_the_process_is_respected(server, tmp_path):
    build(server, MINI_LM)
    code = f"from core.embed.checkpoint import hub; print(hub.download({MINI_LM!r}, lambda *a, **k: None))"
    environment = os.environ | {"HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path / "hf")}
    run = [sys.executable, "-c", code]
    fetched = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    assert fetched.startswith(
        str(tmp_path / "hf" / "hub" / "models--sentence-transformers--all-MiniLM-L6-v2")
    )
    server.requests.clear()
    offline = environment | {"HF_HUB_OFFLINE": "1"}
    again = subprocess.run(run, env=offline, capture_output=True, text=True, check=True).stdout.strip()
    assert again == fetched
    assert not server.requests
