"""Plants bugs: a bug replaces functions in a copy of the core, or of what is built on the core.

The modules with functions are executed again for each bug, its replacements are applied, and the
copies import each other. Modules that only define values are shared, so a mutant and the real code
use the same states and messages. The real modules stay as they are.
"""

import builtins
import importlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final

from leader import protocol
from stateful_tests.core import Core
from stateful_tests.core_system import CoreSystem
from stateful_tests.stack.member_process import ActorFactory
from stateful_tests.stack_system import StackSystem
from stateful_tests.system import SystemFactory

VALUES: Final = frozenset(
    {
        *("__init__", "vocabulary", "membership", "timing", "messages", "durable", "state"),
        *("actions", "effects", "events", "transition", "invariants"),
    }
)
"""The modules of the core that only define values, and the claims."""
CORE: Final = {
    path.stem: f"leader.protocol.{path.stem}"
    for path in sorted(Path(protocol.__file__).parent.glob("*.py"))
    if path.stem not in VALUES
}
"""The other modules of the core, by the name that a replacement uses for them."""
STACK: Final = {
    "startup": "leader.election.startup",
    "engine": "leader.election.engine",
    "discovery": "leader.election.discovery",
    "delivery": "leader.election.delivery",
    "election": "leader.election.election",
    "mailbox_listener": "leader.actor.mailbox_listener",
    "actor": "leader.actor.actor",
    "member": "stateful_tests.stack.member",
}
"""The modules that are built on the core and may be replaced."""
MODULES: Final = {**CORE, **STACK}
NAMES: Final = {module: name for name, module in MODULES.items()}

Planted = Callable[..., object]
"""A function that is called instead of the original: the original is its first argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One function that is replaced.

    ``where`` is ``module.function`` or ``module.Class.method``. The name may also be one that the
    module imports: then it is replaced in that module alone. With ``module.function/name`` it is
    replaced only as far as that one function calls it: a guard of one action, for example.
    """

    where: str
    planted: Planted

    @property
    def module(self) -> str:
        return self.where.partition(".")[0]

    def apply(self, namespace: dict[str, Any]) -> None:
        """Replace the function in the namespace of its module.

        Raises:
            LookupError: there is no such function.
        """
        name, _, called = self.where.partition(".")[2].partition("/")
        *classes, name = name.split(".")
        owner: Any = namespace
        for each in classes:
            owner = _member(owner, each, self.where)
        original = _member(owner, name, self.where)
        new = self._within(original, called) if called else self._instead_of(original)
        if classes:
            setattr(owner, name, new)
        else:
            owner[name] = new

    def _instead_of(self, original: Callable[..., object]) -> Callable[..., object]:
        @wraps(original)
        def planted(*arguments: object, **named: object) -> object:
            return self.planted(original, *arguments, **named)

        return planted

    def _within(self, caller: FunctionType, called: str) -> FunctionType:
        """A copy of ``caller`` that calls something else by the name ``called``."""
        if called not in caller.__code__.co_names:
            raise LookupError(f"{self.where}: {caller.__name__} does not call {called}")
        scope = {**caller.__globals__, called: self._instead_of(caller.__globals__[called])}
        copied = FunctionType(caller.__code__, scope, caller.__name__, caller.__defaults__)
        copied.__kwdefaults__ = caller.__kwdefaults__
        return copied


def _member(owner: Any, name: str, where: str) -> Any:
    found = owner.get(name) if isinstance(owner, dict) else vars(owner).get(name)
    if found is None:
        raise LookupError(f"{where}: there is no {name}")
    return found


def bug(
    name: str, disaster: str, replaced: Mapping[str, Planted], *, instance: str | None = None
) -> "Mutant":
    """A row of a table: what is planted where."""
    replacements = tuple(Replacement(where=each, planted=replaced[each]) for each in replaced)
    return Mutant(name=name, disaster=disaster, replacements=replacements, instance=instance)


def holds(action: str, *guards: str) -> dict[str, Planted]:
    """These guards of an action, ``module.function``, always hold."""
    return {f"{action}/{guard}": lambda *_: True for guard in guards}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A planted bug."""

    name: str
    disaster: str
    """What it leads to, in words."""
    replacements: tuple[Replacement, ...]
    instance: str | None = None
    """The instance of the exact comparison that shows it, if it breaks no claim within a few runs."""

    @property
    def is_in_the_core(self) -> bool:
        """Whether the core alone shows it."""
        return all(replacement.module in CORE for replacement in self.replacements)


def begins(mutant: Mutant) -> SystemFactory:
    """The system that shows the bug: the core alone if the bug is in the core, else the whole stack."""
    if mutant.is_in_the_core:
        return partial(CoreSystem, core=load(mutant))
    make_actor: ActorFactory = _Modules(mutant.replacements).load("member").StackMember
    return partial(StackSystem, make_actor=make_actor)


def load(mutant: Mutant) -> Core:
    """The core with the bug in it.

    Raises:
        LookupError: there is no such function to replace any more.
    """
    modules = _Modules(mutant.replacements)
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
    """The copies of modules for one mutant; each is executed when it is imported first."""

    def __init__(self, replacements: Sequence[Replacement]) -> None:
        self._replacements = replacements
        self._loaded: dict[str, ModuleType] = {}
        unknown = [each.where for each in replacements if each.module not in MODULES]
        if unknown:
            raise LookupError(f"{unknown[0]}: there is no such module")

    def load(self, name: str) -> ModuleType:
        if name not in self._loaded:
            module = ModuleType(MODULES[name])
            vars(module)["__builtins__"] = {**vars(builtins), "__import__": self._import}
            self._loaded[name] = module
            source = inspect.getsource(importlib.import_module(MODULES[name]))
            exec(compile(source, f"<mutated {name}>", "exec"), vars(module))
            for replacement in self._replacements:
                if replacement.module == name:
                    replacement.apply(vars(module))
        return self._loaded[name]

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] = (),
        level: int = 0,
    ) -> ModuleType:
        if name in NAMES:
            return self.load(NAMES[name])
        return builtins.__import__(name, globals, locals, fromlist, level)
