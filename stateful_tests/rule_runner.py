"""Calls rules by name on a system, and remembers the calls, so that the run can be printed and replayed."""

from dataclasses import dataclass

from stateful_tests.plan import RunPlan
from stateful_tests.rules import RULES, Rules
from stateful_tests.system import System
from stateful_tests.transcript import describe_message

Argument = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one rule."""

    rule: str
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        return f"{self.rule}({', '.join(map(repr, self.arguments))})"


class RuleRunner:
    """One run of ``system``: the calls so far, and their transcript if it was asked for."""

    def __init__(self, plan: RunPlan, system: System) -> None:
        self.plan = plan
        self.system = system
        self.calls: list[Call] = []
        self._rules = Rules(plan, system)

    def perform(self, rule: str, *arguments: Argument) -> None:
        """Call a rule by its name and remember the call.

        Raises:
            ValueError: there is no such rule.
            Exception: any error of the system, above all InvariantViolated.
        """
        if rule not in RULES:
            raise ValueError(f"rule = {rule!r}: must be one of {', '.join(RULES)}")
        call = Call(rule, arguments)
        self.calls.append(call)
        if self.system.transcript is not None:
            self.system.transcript.append(f"{call}{self._subject(call)}")
        getattr(self._rules, rule)(*arguments)

    def keep_transcript(self) -> None:
        """Write down every call and every step from now on."""
        self.system.transcript = []

    def transcript(self) -> str:
        """The plan, and every call since ``keep_transcript``, followed by the steps that it caused."""
        return "\n".join([str(self.plan), *(self.system.transcript or ())])

    def close(self) -> None:
        """Release what the system holds; the transcript can still be read."""
        self.system.close()

    def _subject(self, call: Call) -> str:
        """The message that a call is about, if it is about one."""
        messages, index = self.system.in_flight, call.arguments[0] if call.arguments else None
        if call.rule not in ("deliver", "deliver_and_crash", "drop", "duplicate") or not messages:
            return ""
        if not isinstance(index, int):
            return ""
        return f": {describe_message(messages[index % len(messages)])}"
