"""A planted bug is a patch of a few lines to the real core or what is built on it, which stay as they are.

The modules that act are read again from their sources, the patch applied, and wired to each other;
those that only define values are shared, so a mutant speaks of the same states and messages.
"""

import builtins
import importlib
import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Final

from stateful_tests.core import Core
from stateful_tests.core_system import CoreSystem
from stateful_tests.stack.member_process import ActorFactory
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

CORE: Final = ("quorum", "lease", "pacing", "voting", "leading", "step", "start")
ACTING: Final = {
    **{f"leader.protocol.{name}": name for name in CORE},
    "leader.election.startup": "startup",
    "leader.election.engine": "engine",
    "leader.election.discovery": "discovery",
    "leader.election.delivery": "delivery",
    "leader.election.election": "election",
    "leader.actor.mailbox_listener": "mailbox_listener",
    "leader.actor.actor": "actor",
    "stateful_tests.stack.member": "member",
}
"""The modules that act, and what a patch calls them."""
SOURCES: Final = {name: module for module, name in ACTING.items()}
ONCE: Final = "register_election_messages(DEFAULT_REGISTRY)\n"
"""What a module does to what is shared: once is enough."""
QUOTATION: Final = re.compile(r"^ *# Spec: .*\n", re.MULTILINE)
"""What the core quotes of the spec beside its guards: no patch has to know of it."""


def replaced_once(text: str, old: str, new: str, name: str) -> str:
    """The text, called ``name``, with ``new`` instead of ``old``; ValueError unless it is there once."""
    if text.count(old) != 1:
        raise ValueError(f"{old!r}: must be in {name} once, is in it {text.count(old)} times")
    return text.replace(old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Replace ``old``, which must be there exactly once, in a module that acts."""

    module: str
    old: str
    new: str

    def applied_to(self, source: str) -> str:
        """The source so changed.

        Raises:
            ValueError: it does not fit any more.
        """
        return replaced_once(source, self.old, self.new, f"{self.module}.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A planted bug."""

    name: str
    disaster: str
    """What it leads to, in words."""
    patches: tuple[Patch, ...]

    @property
    def is_in_the_core(self) -> bool:
        """Whether the core alone shows it."""
        return all(patch.module in CORE for patch in self.patches)


def begins(mutant: Mutant) -> SystemFactory:
    """The system to look for the bug in: the core alone where the bug is there, else the whole stack."""
    if mutant.is_in_the_core:
        return partial(CoreSystem, core=load(mutant))
    make_actor: ActorFactory = _Modules(mutant.patches).load("member").StackMember
    return partial(StackSystem, make_actor=make_actor)


def load(mutant: Mutant) -> Core:
    """The core with the bug in it.

    Raises:
        ValueError: a patch does not fit the core any more.
    """
    modules = _Modules(mutant.patches)
    step, lease, start = (modules.load(name) for name in ("step", "lease", "start"))
    return Core(
        step=step.step,
        next_deadline=step.next_deadline,
        lease_until=lease.lease_until,
        restart=start.restart,
        start_without_record=start.start_without_record,
        silent_wait=start.silent_wait,
    )


class _Modules:
    """The acting modules of one mutant, each loaded when the first other one imports it."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self._patches = patches
        self._loaded: dict[str, ModuleType] = {}

    def load(self, name: str) -> ModuleType:
        if name not in self._loaded:
            module = ModuleType(SOURCES[name])
            vars(module)["__builtins__"] = {**vars(builtins), "__import__": self._import}
            self._loaded[name] = module
            exec(compile(self._source(name), f"<mutated {name}>", "exec"), vars(module))
        return self._loaded[name]

    def _source(self, name: str) -> str:
        module = importlib.import_module(SOURCES[name])
        source = QUOTATION.sub("", inspect.getsource(module)).replace(ONCE, "")
        for patch in self._patches:
            if patch.module == name:
                source = patch.applied_to(source)
        return source

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if name in ACTING:
            return self.load(ACTING[name])
        return builtins.__import__(name, globals, locals, fromlist, level)
