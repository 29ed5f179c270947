import json
import sys

import core.cli
from core.cli.command import commands
from core.cli.main import main


def test_every_stage_registers_its_commands():
    names = {
        "check",
        "embed",
        "encoders",
        "evaluate",
        "explain",
        "export",
        "flips",
        "grid",
        "import",
        "map",
        "mirror",
        "purity",
        "repeat",
        "report",
        "run",
        "score",
        "serve",
        "sts",
        "tune",
    }
    assert {c.name for c in commands()} == names


def test_a_new_command_is_one_module_and_nothing_else(tmp_path, monkeypatch, capsys):
    (tmp_path / "greet.py").write_text(
        "from core.cli.command import Command\n"
        "def _arguments(parser): parser.add_argument('name')\n"
        "def _greet(options): return {'hello': options.name}\n"
        "COMMANDS = (Command('greet', 'say hello', _arguments, _greet),)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(core.cli, "__path__", [*core.cli.__path__, str(tmp_path)])
    monkeypatch.delitem(sys.modules, "core.cli.greet", raising=False)
    try:
        assert main(["greet", "세상", "--json"]) == 0
    finally:
        sys.modules.pop("core.cli.greet", None)
        vars(core.cli).pop("greet", None)
    assert json.loads(capsys.readouterr().out) == {"hello": "세상"}
