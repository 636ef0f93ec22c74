"""A model as files that need no Python: a module and a cfg, beside the modules that it rests on.

Leaves running TLC to others: plain TLC, the TLA+ Toolbox and the editor extension open the files.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from spec.models import Holds, Model
from spec.report import expected_text

_NAMED = re.compile(r"\b(?:EXTENDS|INSTANCE)\s+(\w+(?:\s*,\s*\w+)*)")
_MODULE = """\
---- MODULE {name} ----
(* {shows}

   Expected: {pinned}. *)
EXTENDS {base}
====
"""
_REMARK = r"""\* A state without a successor is not an error here: run TLC with the option -deadlock, or, if it is
\* newer than 2.15, remove the sign of a comment from the next line.
\* CHECK_DEADLOCK FALSE
"""


def export(model: Model, folder: Path) -> Path:
    """Writes the model into the folder, which is made if it does not exist; the path of its module.

    The name of the module is that of the model, with `_` for what TLA+ allows in no name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for source in _closure(model.module):
        shutil.copy(source, folder)
    name = re.sub(r"\W", "_", model.name)
    module = folder / f"{name}.tla"
    base, pinned = model.module.stem, _pinned(model)
    module.write_text(_MODULE.format(name=name, shows=model.shows, pinned=pinned, base=base))
    module.with_suffix(".cfg").write_text(_REMARK + model.configuration)
    return module


def _pinned(model: Model) -> str:
    counts = f" in {model.expected.states:,} states" if isinstance(model.expected, Holds) else ""
    return expected_text(model) + counts


def _closure(module: Path) -> Iterator[Path]:
    """The module and all that it extends or instantiates; those of TLA+ itself are in no file here."""
    waiting, found = [module], {module}
    while waiting:
        source = waiting.pop()
        yield source
        names = re.findall(r"\w+", " ".join(_NAMED.findall(source.read_text())))
        more = {source.with_name(f"{name}.tla") for name in names} - found
        waiting += [path for path in more if path.is_file()]
        found |= more
