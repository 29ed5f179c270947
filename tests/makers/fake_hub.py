"""A small Hugging Face hub on localhost: it serves folders as huggingface_hub asks for them.

    with FakeHub(folder) as hub:      # folder/org/name/config.json, …
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)

Large files are kept as in LFS: the address in the repository answers with a redirect to another one.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

LFS = {".safetensors", ".bin", ".onnx", ".h5", ".msgpack", ".model"}


@dataclass
class FakeHub:
    """The hub over the repositories in `folder`, with switches for what can go wrong.

    `gated` ids need the token, `broken` ones answer with 500, `lost` names are listed but not there; where
    `strict`, another token than `token` is refused for every id. `instead` holds status and body to answer with
    by the beginning of a path. `pause` is the time between blocks of `block` bytes; `cut_after` closes the
    connection of the next large file after that many bytes; `ranges` says whether a part of a file can be asked
    for. `cdn` is where large files are sent to. `requests` lists method, path and range of every request,
    `tokens` the Authorization header of each.
    """

    folder: Path
    gated: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    strict: bool = False
    instead: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    token: str = "hf_good"
    pause: float = 0.0
    block: int = 65_536
    cut_after: int | None = None
    ranges: bool = True
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def __enter__(self) -> FakeHub:
        hub = self

        class Handler(_Handler):
            pass

        Handler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.cdn = f"http://localhost:{self._server.server_port}"  # another host: no token is sent to it
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def files(self, repo_id: str) -> dict[str, bytes]:
        root = self.folder / repo_id
        paths = sorted(path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    def commit(self, repo_id: str) -> str:
        contents = (name.encode() + data for name, data in self.files(repo_id).items())
        return hashlib.sha1(b"".join(contents)).hexdigest()

    def downloaded(self) -> set[str]:
        """Return the names of the files whose content was asked for."""
        asked = [path for method, path, _ in self.requests if method == "GET"]
        plain = {path.split("/resolve/")[1].partition("/")[2] for path in asked if "/resolve/" in path}
        return plain | {path.split("/", 4)[4] for path in asked if path.startswith("/lfs/")}


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._route()

    def do_GET(self) -> None:
        self._route()

    def _route(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append((self.command, path, self.headers.get("Range", "")))
        token = self.headers.get("Authorization", "")
        self.hub.tokens.append(token)
        for start, (status, body) in self.hub.instead.items():
            if path.startswith(start):
                return self._answer(status, body, {})
        if self.hub.strict and token not in {"", f"Bearer {self.hub.token}"}:
            return self._error(401)
        if path.startswith("/lfs/"):
            _, _, digest, repo_id, name = path.split("/", 4)
            return self._content(self.hub.files(repo_id.replace("--", "/"))[name], digest)
        if path.startswith("/api/models/"):
            return self._api(path.removeprefix("/api/models/"))
        repo_id, _, rest = path.lstrip("/").partition("/resolve/")
        return self._resolve(repo_id, rest.partition("/")[2])

    def _api(self, path: str) -> None:
        repo_id, _, rest = path.partition("/tree/")
        repo_id = repo_id.partition("/revision/")[0]
        files = self.hub.files(repo_id)
        if repo_id in self.hub.broken:
            return self._error(500)
        if not files:
            return self._error(401, "RepoNotFound")
        if not rest:
            names = [{"rfilename": name} for name in files]
            return self._json({"id": repo_id, "sha": self.hub.commit(repo_id), "siblings": names})
        return self._json([_entry(name, data) for name, data in files.items()])

    def _resolve(self, repo_id: str, name: str) -> None:
        files = self.hub.files(repo_id)
        if repo_id in self.hub.gated and self.headers.get("Authorization") != f"Bearer {self.hub.token}":
            return self._error(403 if self.headers.get("Authorization") else 401, "GatedRepo")
        if name not in files or name in self.hub.lost:
            return self._error(404, "EntryNotFound" if files else "RepoNotFound")
        data, commit = files[name], {"X-Repo-Commit": self.hub.commit(repo_id)}
        if Path(name).suffix not in LFS:
            return self._content(data, _git_hash(data), commit)
        digest = hashlib.sha256(data).hexdigest()
        place = f"/lfs/{digest}/{repo_id.replace('/', '--')}/{name}"
        linked = {
            "Location": self.hub.cdn + place,
            "X-Linked-Etag": f'"{digest}"',
            "X-Linked-Size": str(len(data)),
        }
        return self._answer(302, b"", linked | commit)

    def _content(self, data: bytes, digest: str, headers: dict[str, str] | None = None) -> None:
        headers = {"ETag": f'"{digest}"', **(headers or {})}
        asked = self.headers.get("Range", "").removeprefix("bytes=").partition("-")[0]
        if not (asked and self.hub.ranges):
            return self._answer(200, data, headers)
        start = int(asked)
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self._answer(206, data[start:], headers)

    def _json(self, values: Any) -> None:
        self._answer(200, json.dumps(values).encode(), {"Content-Type": "application/json"})

    def _error(self, status: int, code: str = "") -> None:
        self._answer(status, b"{}", {"X-Error-Code": code} if code else {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        limit = len(body)
        if self.hub.cut_after is not None and len(body) > self.hub.cut_after:
            limit, self.hub.cut_after = self.hub.cut_after, None
            self.close_connection = True
        try:
            for start in range(0, limit, self.hub.block):
                self.wfile.write(body[start : min(start + self.hub.block, limit)])
                self.wfile.flush()
                time.sleep(self.hub.pause)
        except OSError:  # the other side has gone
            self.close_connection = True


def _entry(name: str, data: bytes) -> dict[str, Any]:
    entry = {"type": "file", "path": name, "size": len(data), "oid": _git_hash(data)}
    if Path(name).suffix in LFS:
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return entry


def _git_hash(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def use(monkeypatch: Any, url: str, cache: Path, *, offline: bool = False) -> None:
    """Let huggingface_hub in this process talk to that hub, without a token, and keep files in `cache`."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(cache / "no-token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
