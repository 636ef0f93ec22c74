"""TLC's verdict on a recording; if it is rejected, an explanation of the first impossible line.

TLC follows the moves as far as it can, so the depth it reaches is how far the recording is a behaviour
of the specification. If that is not to the end, a second run shows the state in which it stopped.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from spec import tlc
from spec.counterexample.formatting import plain
from spec.outcome import Outcome, Verdict
from spec.recording.message_ledger import described
from spec.recording.module import (
    NAME,
    TermNumbers,
    configuration_of,
    module_of,
    state,
    term_numbers_of,
)
from spec.recording.module import message as message_of
from spec.recording.reading import Recording
from spec.recording.translation import Blame, Move, Translation, translation_of
from spec.tools import Tools
from spec.trace import StateValues, trace_of
from spec.values import Atom, Function, Value, in_order

MODULES = Path(__file__).parents[1]
STEPS = 3
"""TLC's steps for each move: time passes, the action is taken, the result is compared."""
LIMIT_SECONDS = 1200.0
STATE = ("role", "term", "stamp", "leader", "granted", "backing", "held", "promise")
NANOSECONDS = ("backing", "held", "left")
TERMS = ("term", "stamp")


class CheckFailed(Exception):
    """TLC came to no verdict; the message is its complaint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingVerdict:
    """Without ``blame``, the recording is a behaviour of Election, move by move."""

    moves: int
    members: int
    blame: Blame | None


async def judge(recording: Recording, tools: Tools) -> RecordingVerdict:
    """What TLC finds.

    Raises:
        Unreadable: the members do not agree about what the specification takes for constant.
        CheckFailed: TLC came to no verdict.
    """
    translation = translation_of(recording)
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        blame = await _Check(translation, tools, Path(folder)).blame()
    return RecordingVerdict(
        moves=len(translation.moves),
        members=len(translation.constants.promises),
        blame=blame or translation.blame,
    )


class _Check:
    def __init__(self, translation: Translation, tools: Tools, folder: Path) -> None:
        self._translation = translation
        self._terms = term_numbers_of(translation)
        self._tools = tools
        self._module = folder / f"{NAME}.tla"
        self._module.write_text(module_of(translation, self._terms))
        for name in ("Election", "TraceElection"):
            shutil.copy(MODULES / f"{name}.tla", folder)

    async def blame(self) -> Blame | None:
        """The first line that no behaviour of the specification explains."""
        outcome = await self._run(0, None, Verdict.HOLDS)
        steps = (outcome.depth or 1) - 1
        if steps == STEPS * len(self._translation.moves):
            return None
        stopped = await self._run(steps, "NotYet", Verdict.VIOLATED)
        move = self._translation.moves[steps // STEPS]
        reached = trace_of(stopped.steps).steps[-1].state
        observers = self._translation.constants.observers
        why = _explained(move, reached, steps % STEPS, self._terms, observers)
        return Blame(move.source, why)

    async def _run(self, last_step: int, invariant: str | None, expected: Verdict) -> Outcome:
        configuration = configuration_of(self._translation, last_step, invariant)
        run = tlc.Run(
            module=self._module, configuration=configuration, small=True, limit=LIMIT_SECONDS
        )
        outcome = await tlc.check(run, self._tools)
        if outcome.verdict is not expected:
            raise CheckFailed(outcome.complaint or f"TLC ended with: {outcome.verdict}")
        return outcome


def _explained(
    move: Move, reached: StateValues, step: int, terms: TermNumbers, observers: frozenset[str]
) -> str:
    about = "" if move.handled is None else f", with {described(move.handled)}"
    if step < STEPS - 1:
        known = (f"{name} {_text(name, _of(reached[name], move.member), terms)}" for name in STATE)
        return f"{move.member} cannot take {move.action}{about}. By the spec it has: {'; '.join(known)}"
    differences = "; ".join(_differences(move, reached, terms, observers))
    return f"{move.member} takes {move.action}{about}, but {differences}"


def _differences(
    move: Move, reached: StateValues, terms: TermNumbers, observers: frozenset[str]
) -> Iterator[str]:
    """What the recording says, and what the specification leads to."""
    if move.seen is not None:
        members = [str(member) for member in in_order(_function(reached["role"]))]
        by_spec = {name: _of(reached[name], move.member) for name in STATE}
        by_spec["acts"] = _acts(by_spec)
        for name, recorded in state(move.member, move.seen, members, terms).items():
            if recorded != by_spec[str(name)]:
                yield _difference(str(name), recorded, by_spec[str(name)], terms)
    heard = () if move.handled is None else (move.handled,)
    handled = {message_of(letter, move.age, terms, observers) for letter in heard}
    sent = frozenset(message_of(letter, 0, terms, observers) for letter in move.sent)
    messages = reached["messages"]
    sent_by_spec = (messages if isinstance(messages, frozenset) else frozenset()) - handled
    if sent_by_spec != sent:
        yield _difference("sent", sent, sent_by_spec, terms)


def _acts(known: Mapping[str, Value]) -> bool:
    """The specification's `Acts`, which is not a variable."""
    backing = _function(known["backing"])
    backs = sum(1 for left in backing.values() if left != 0)
    leads = known["role"] == "leader" and 2 * backs > len(backing)
    return leads or (known["role"] == "renewing" and known["held"] != 0)


def _difference(name: str, recorded: Value, by_spec: Value, terms: TermNumbers) -> str:
    return f"{name} is {_text(name, recorded, terms)}, by the spec {_text(name, by_spec, terms)}"


def _text(name: str, value: Value, terms: TermNumbers) -> str:
    return plain(_readable(name, value, terms))


def _readable(name: str, value: Value, terms: TermNumbers) -> Value:
    """The value for readers: terms as they were recorded, nanoseconds as milliseconds."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if name in TERMS:
            return terms.term(value)
        case int() if name in NANOSECONDS:
            return f"{value / 1e6:.6f} ms"
        case Function():
            inner = {key: name if name in NANOSECONDS else str(key) for key in value}
            return Function({key: _readable(inner[key], value[key], terms) for key in value})
        case frozenset():
            return frozenset(_readable(name, each, terms) for each in value)
        case Atom(name="None"):
            return "nobody"
        case _:
            return value


def _of(value: Value, member: str) -> Value:
    return _function(value)[member]


def _function(value: Value) -> Mapping[Value, Value]:
    assert isinstance(value, Function)
    return value
