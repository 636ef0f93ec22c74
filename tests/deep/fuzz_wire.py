"""`python -m tests.deep.fuzz_wire --seconds 60`: hostile bytes, guided by what code they reach.

Takes `atheris` (`pip install '.[deep]'`), which instruments the runtime and invents bytes that
lead it to new places; says so and does nothing where that is not installed. Ends with a status
other than zero, and the bytes in a file, at the first attack that does harm.
"""

import argparse
import importlib
import logging
import sys
import tempfile
from pathlib import Path

INSTRUMENTED = (
    "runtime.network.connection",
    "runtime.network.handshake",
    "runtime.network.tcp",
    "runtime.network.wire",
)


def main() -> None:
    """Fuzzes for the given time."""
    parser = argparse.ArgumentParser(description="Hostile bytes, guided by coverage.")
    parser.add_argument("--seconds", type=int, default=60, help="how long (60)")
    seconds = parser.parse_args().seconds
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit("atheris is not installed, so nothing was fuzzed: pip install '.[deep]'")
    with atheris.instrument_imports(include=list(INSTRUMENTED)):
        hostile = importlib.import_module("tests.deep.hostile")
    logging.disable()
    with tempfile.TemporaryDirectory() as corpus:
        for number, example in enumerate(hostile.examples()):
            Path(corpus, str(number)).write_bytes(example)
        options = [f"-max_total_time={seconds}", "-max_len=4096", corpus]
        atheris.Setup([sys.argv[0], *options], hostile.attack)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
