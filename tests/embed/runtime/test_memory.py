from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest

from core.embed.encoder_card import EncoderCard
from core.embed.runtime import loaded, memory
from core.errors import UserError
from core.locale import translate_message

GB = 1_000_000_000


def card(**facts):
    return EncoderCard(id="org/encoder", name="encoder", folder=None, dim=8, **facts)


@pytest.fixture
def machine(monkeypatch):
    """A machine of 8 GB free, without container and GPU; the test may change each."""
    rooms = SimpleNamespace(free=8 * GB, container=None, gpu=None)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=rooms.free))
    monkeypatch.setattr(memory, "container_room", lambda: rooms.container)
    monkeypatch.setattr(memory, "_gpu_room", lambda: rooms.gpu)
    return rooms


def test_an_encoder_needs_six_bytes_a_parameter_and_room_to_work():
    assert memory.needed_bytes(card(parameters=100_000_000)) == 1_100_000_000


def test_the_size_of_the_weights_stands_in_for_an_unknown_number_of_parameters():
    assert memory.needed_bytes(card(megabytes=400)) == memory.needed_bytes(card(parameters=100_000_000))


def test_an_encoder_of_unknown_size_is_neither_said_to_fit_nor_not(machine):
    assert memory.fits(card()) is None
    memory.require_memory(card())


@pytest.mark.parametrize(("room", "least"), [("free", 8), ("container", 3), ("gpu", 2)])
def test_the_least_of_machine_container_and_gpu_counts(machine, room, least):
    setattr(machine, room, least * GB)
    assert memory.available_bytes() == least * GB


def test_a_full_gpu_does_not_count_for_what_computes_on_the_cpu(machine):
    machine.gpu = 0
    memory.require_memory(card(parameters=500_000_000), "cpu")
    with pytest.raises(UserError, match="does not fit"):
        memory.require_memory(card(parameters=500_000_000), "cuda")


def test_fits_compares_what_is_needed_with_what_is_free(machine):
    large = card(parameters=500_000_000)  # 3.5 GB
    assert memory.fits(large)
    machine.container = 3 * GB
    assert memory.fits(large) is False
    assert memory.fits(large, available=4 * GB)


def test_too_large_for_memory_is_said_with_both_figures_and_a_remedy(machine):
    machine.free = 2 * GB
    with pytest.raises(
        UserError, match=r"does not fit into the memory that is free now: it needs about 3\.5 GB and 2\.0 GB"
    ) as error:
        memory.require_memory(card(parameters=500_000_000))
    assert "Choose a smaller encoder" in str(error.value)
    assert "3.5" in translate_message(error.value.message, "ko")


def test_an_encoder_that_fits_is_let_through(machine):
    assert memory.require_memory(card(parameters=500_000_000)) is None


@pytest.fixture
def in_memory(machine, tmp_path):
    """The card of an encoder of 3.5 GB that is loaded, which leaves 1 GB free."""
    one = replace(card(parameters=500_000_000), folder=tmp_path)
    machine.free = GB
    loaded.cache(("fingerprint", "", 8, "cpu"), SimpleNamespace(card=one))
    yield one
    loaded.encoders.clear()


def test_an_encoder_that_is_loaded_fits(in_memory, tmp_path):
    assert memory.fits(in_memory)
    assert memory.fits(in_memory, available=0)
    assert memory.fits(replace(in_memory, folder=tmp_path / "another")) is False
    assert memory.fits(replace(in_memory, folder=None)) is False


def test_encoders_in_memory_are_let_go_where_the_next_one_does_not_fit(in_memory, machine, monkeypatch):
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=GB if loaded.encoders else 4 * GB)
    )
    memory.require_memory(card(parameters=50_000_000))
    assert loaded.is_loaded(in_memory)  # there is room beside it
    memory.require_memory(card(parameters=500_000_000))
    assert not loaded.encoders


@pytest.mark.slow
def test_letting_go_that_does_not_suffice_says_what_is_free_after_it(in_memory, monkeypatch):
    monkeypatch.setattr(
        psutil, "virtual_memory", lambda: SimpleNamespace(available=GB if loaded.encoders else 3 * GB)
    )
    with pytest.raises(UserError, match=r"3\.5 GB and 3\.0 GB are free"):
        assert memory.require_memory(card(parameters=500_000_000)) is None


@pytest.fixture
def cgroups(tmp_path):
    """Two cgroups, one within the other; returns a function that writes a file of one of them."""
    (tmp_path / "own").write_text("0::/outer/inner\n")
    (tmp_path / "fs" / "outer" / "inner").mkdir(parents=True)

    def write(group, **files):
        for name, text in files.items():
            (tmp_path / "fs" / group / name.replace("_", ".", 1)).write_text(f"{text}\n")

    write.room = lambda: memory.container_room(tmp_path / "fs", tmp_path / "own")
    return write


def test_a_cgroup_without_a_limit_leaves_the_machines_memory(cgroups):
    cgroups("outer/inner", memory_max="max", memory_current=5 * GB)
    assert cgroups.room() is None


def test_a_cgroups_limit_less_its_use_is_free_and_droppable_pages_count_as_free(cgroups):
    cgroups(
        "outer/inner", memory_max=4 * GB, memory_current=3 * GB, memory_stat=f"anon 1\ninactive_file {GB}"
    )
    assert cgroups.room() == 2 * GB


def test_the_tightest_of_nested_cgroups_counts(cgroups):
    cgroups("outer/inner", memory_max=4 * GB, memory_current=0)
    cgroups("outer", memory_max=6 * GB, memory_current=5 * GB)
    assert cgroups.room() == GB


def test_the_older_cgroups_are_read(tmp_path):
    (tmp_path / "own").write_text("5:cpu:/\n4:memory:/box\n")
    box = tmp_path / "fs" / "memory" / "box"
    box.mkdir(parents=True)
    (box / "memory.limit_in_bytes").write_text(f"{2 * GB}\n")
    (box / "memory.usage_in_bytes").write_text(f"{GB}\n")
    (box.parent / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert memory.container_room(tmp_path / "fs", tmp_path / "own") == GB


def test_a_machine_without_cgroups_has_no_container_limit(tmp_path):
    assert memory.container_room(tmp_path, tmp_path / "none") is None


def test_a_page_does_not_start_cuda_on_a_machine_that_never_used_it(home, monkeypatch):
    monkeypatch.setattr(memory, "known_device", lambda: "cpu")
    assert memory._gpu_room() is None
