"""Downloads: whole, checked and in place, or not there at all."""

import gzip
import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from aebench.datasets.download import Unavailable, content, fetch, missing, reachable

CONTENT = bytes(range(256)) * 400
PACKED = gzip.compress(CONTENT)


def sha256(stored: bytes) -> str:
    return f"sha256:{hashlib.sha256(stored).hexdigest()}"


FILES = {"data.bin": sha256(CONTENT), "data.gz": sha256(PACKED)}


class Mirror(BaseHTTPRequestHandler):
    """Serves /whole/, /cut/ and /silent/ (cut, length not announced), /altered/, nothing else."""

    def do_GET(self) -> None:  # noqa: N802, the name the server calls
        manner, name = self.path.strip("/").split("/")
        stored = PACKED if name.endswith(".gz") else CONTENT
        if manner not in {"whole", "cut", "silent", "altered"}:
            return self.send_error(404)
        self.send_response(200)
        if manner != "silent":
            self.send_header("Content-Length", str(len(stored)))
        self.end_headers()
        if manner == "altered":
            stored = stored[:-1] + bytes([stored[-1] ^ 1])
        self.wfile.write(stored[: len(stored) // 2] if manner in {"cut", "silent"} else stored)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a mirror on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as mirror:
        Thread(target=mirror.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{mirror.server_port}"
        mirror.shutdown()


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("manner", "name", "reason"),
    [
        ("cut", "data.bin", "cut after 51200 of 102400 bytes; try again"),
        ("silent", "data.bin", "truncated or altered, not the published data.bin"),
        ("altered", "data.bin", "truncated or altered, not the published data.bin"),
        ("cut", "data.gz", "cut after"),
        ("silent", "data.gz", "truncated or altered, not the published data.gz"),
        ("absent", "data.bin", "HTTP Error 404: Not Found"),
    ],
)
def test_a_download_that_fails_leaves_nothing(
    manner: str, name: str, reason: str, server: str, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable) as refused:
        content(name, FILES, [f"{server}/{manner}/{{name}}"], tmp_path)
    said = str(refused.value)
    assert said.startswith(f"{name}: not in {tmp_path} and not to be fetched: {server}/{manner}/")
    assert reason in said and "\n" not in said
    assert left(tmp_path) == set()


@pytest.mark.parametrize("manner", ["cut", "silent", "altered"])
def test_a_gzipped_download_that_fails_leaves_nothing(
    manner: str, server: str, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="cut after|damaged or truncated"):
        content("data.bin", FILES, [f"{server}/{manner}/{{name}}.gz"], tmp_path)
    assert left(tmp_path) == set()


def test_the_next_mirror_is_asked(server: str, tmp_path: Path) -> None:
    mirrors = [f"{server}/{manner}/{{name}}" for manner in ("absent", "cut", "altered", "whole")]
    assert content("data.bin", FILES, ["http://127.0.0.1:9/{name}", *mirrors], tmp_path) == CONTENT
    assert left(tmp_path) == {"data.bin"}


def test_every_mirrors_answer_is_told(server: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="absent/data.bin: HTTP.*; .*/cut/data.bin: cut after"):
        fetch(
            "data.bin",
            FILES["data.bin"],
            [f"{server}/{m}/{{name}}" for m in ("absent", "cut")],
            tmp_path,
        )


def test_what_was_fetched_is_not_fetched_again(server: str, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert content("data.bin", FILES, [f"{server}/whole/{{name}}.gz"], folder, tmp_path) == CONTENT
    assert left(folder) == {"data.bin.gz"} and missing(FILES, folder, tmp_path) == ["data.gz"]
    assert content("data.bin", FILES, [], folder, tmp_path) == CONTENT


@pytest.mark.parametrize("level", [0, 1, 9])
def test_however_a_file_is_compressed_it_is_read(level: int, tmp_path: Path) -> None:
    (tmp_path / "data.bin.gz").write_bytes(gzip.compress(CONTENT, level))
    assert content("data.bin", FILES, [], tmp_path) == CONTENT


def test_a_file_published_gzipped_is_checked_as_published(tmp_path: Path) -> None:
    (tmp_path / "data.gz").write_bytes(PACKED)
    assert content("data.gz", FILES, [], tmp_path) == CONTENT
    (tmp_path / "data.gz").write_bytes(gzip.compress(CONTENT, 1))
    with pytest.raises(Unavailable, match="altered, not the published data.gz.*delete it"):
        content("data.gz", FILES, [], tmp_path)


def test_a_mirror_that_answers_anything_is_reachable(server: str) -> None:
    assert reachable([f"{server}/absent/{{name}}"])
    assert not reachable(["http://127.0.0.1:9/{name}"])
