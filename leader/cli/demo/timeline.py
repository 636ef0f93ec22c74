"""Shows a drill in the terminal, line by line as it happens, and sums it up at the end."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leader.cli.demo.drill import Result, now
from leader.cli.demo.reports import Follows, Leads, Report

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red", "bright_cyan")


class Timeline:
    """Lines of: seconds since the start, who, what."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = now()
        self._leader: str | None = None

    def say(self, member: str, what: str) -> None:
        """Add a line."""
        line = Text(f"{(now() - self._started) / 1e9:8.3f} s  ", style="dim")
        line.append(f"{member:4}", style=_colour(member))
        line.append(what, style="")
        self._console.print(line, soft_wrap=True)

    def hear(self, member: str, report: Report) -> None:
        """Show what the drill itself does not say: renewals, and members that come back."""
        match report:
            case Leads(term=term, renewed=True):
                self.say(member, f"continues to lead in a higher term, token {term}")
            case Follows(leader=leader) if leader is not None:
                self.say(member, f"follows {leader}")

    def sum_up(self, result: Result) -> None:
        """Show how long each change took, and the verdict."""
        table = Table(
            "round", "first leader", "failover after SIGKILL", "hand-over after SIGTERM", box=None
        )
        for number, outcome in enumerate(result.rounds, start=1):
            times = (outcome.first_leader_ms, outcome.failover_ms, outcome.handover_ms)
            table.add_row(str(number), *("" if ms is None else f"{ms:.1f} ms" for ms in times))
        self._console.print()
        self._console.print(table)
        self._console.print()
        overlaps, tokens = result.witness.overlaps, result.witness.tokens
        order = "strictly increasing" if result.witness.tokens_increase else "NOT increasing"
        self._console.print(
            f"{len(tokens)} leaderships, tokens {order}; two acting at once: {overlaps or 'never'}"
        )
        if result.failure is not None:
            self._console.print(Text(f"failed: {result.failure}", style="bold red"))


def _colour(member: str) -> str:
    number = member.removeprefix("n")
    return COLOURS[int(number) % len(COLOURS)] if number.isdigit() else ""
