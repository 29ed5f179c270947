import json
import signal
import socket
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from core.cli.main import main
from tests.makers.shell import start

TOKEN = "HEADLINE_LAB_TOKEN"


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak"])
def test_a_token_that_no_header_holds_is_refused(small_lab, monkeypatch, capsys, token):
    monkeypatch.setenv(TOKEN, token)
    assert main(["serve", "--run", small_lab.run, "--port", "0"]) == 1
    assert TOKEN in capsys.readouterr().err


@pytest.mark.parametrize("port", ["taken", "70000", "-1"])
def test_a_port_that_cannot_be_had_ends_with_one_sentence(small_lab, capsys, port):
    with socket.create_server(("127.0.0.1", 0)) as other:
        asked = str(other.getsockname()[1]) if port == "taken" else port
        assert main(["serve", "--run", small_lab.run, f"--port={asked}"]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert asked in said[0]


def test_an_unknown_run_is_named(small_lab, capsys):
    assert main(["serve", "--run", "../../etc", "--port", "0"]) == 1
    assert "../../etc" in capsys.readouterr().err


@pytest.mark.slow
def test_a_server_says_where_it_is_answers_and_ends_when_interrupted(small_lab):
    home = {"HEADLINE_LAB_HOME": str(small_lab.home)}
    process = start("serve", "--run", small_lab.run, "--port", "0", "--json", **home)
    ready = json.loads(process.stdout.readline())
    assert ready["run_id"] == small_lab.run
    told = [process.stderr.readline().decode() for _ in range(3)]
    token = next(line for line in told if TOKEN in line).split()[-1]
    assert ready["url"] in told[-1]
    body = json.dumps({"headline": "수주"}).encode()
    request = Request(f"{ready['url']}/predict", body, {"Content-Type": "application/json"})
    with pytest.raises(HTTPError, match="401"):
        urlopen(request, timeout=30)
    request.add_header("Authorization", f"Bearer {token}")
    with urlopen(request, timeout=30) as answer:
        assert json.load(answer)["run"]["id"] == small_lab.run
        assert "server" not in answer.headers
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert err.decode().splitlines() == ["Stopped. What was finished is saved."]
