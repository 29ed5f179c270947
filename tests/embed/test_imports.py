import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {"checkpoint": set(), "runtime": {"checkpoint"}, "store": set()}  # which other rooms each may import


def modules():
    files = (ROOT / "core" / "embed").rglob("*.py")
    return {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


def imports(file, known):
    """The modules of embed that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield from {name if name in known else node.module} & set(known)


def test_no_module_of_embed_imports_itself_by_a_detour():
    known = modules()
    graph = {name: {one for one in imports(file, known) if one != name} for name, file in known.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))
    assert set(order) == set(known)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room):
    known = modules()
    inside = f"core.embed.{room}"
    found = {one for name, file in known.items() if name.startswith(inside) for one in imports(file, known)}
    rooms = {
        one.split(".")[2] for one in found if one.startswith(tuple(f"core.embed.{other}" for other in ROOMS))
    }
    assert rooms - {room} <= ROOMS[room]
