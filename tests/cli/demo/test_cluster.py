"""The processes of the demonstration together: they find each other, and none is left behind."""

import asyncio
import signal
from collections.abc import Callable

import pytest

from leader.cli.demo.cluster import Cluster
from leader.cli.demo.reports import Follows, Leads, Report, TakesPart

PATIENCE_SECONDS = 30


class Ear:
    """Keeps the reports, for a test to wait for."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Report]] = []
        self._news = asyncio.Event()

    def hear(self, name: str, report: Report) -> None:
        """Keep a report."""
        self.heard.append((name, report))
        self._news.set()

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until the reports show something."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not happened():
                self._news.clear()
                await self._news.wait()

    def who(self, kind: type[Report]) -> set[str]:
        """The members that have sent a report of this kind."""
        return {name for name, report in self.heard if isinstance(report, kind)}

    def newest_leader(self) -> str:
        """The member that has reported to lead in the highest term."""
        led = {report.term: name for name, report in self.heard if isinstance(report, Leads)}
        return led[max(led)]

    def leaders_followed(self) -> set[str | None]:
        """The leaders that members have reported to follow."""
        return {each.leader for _, each in self.heard if isinstance(each, Follows) and each.leader}


@pytest.mark.slow
def test_cluster_finds_a_process_that_comes_back_at_another_address() -> None:
    """Each process is told where the others listen; the end waits for everything that was reported."""

    async def main() -> None:
        ear = Ear()
        cluster = Cluster(["n1", "n2", "n3"], None, True, ear.hear)
        try:
            await cluster.start("n1", "n2", "n3")
            await ear.until(lambda: len(ear.who(Leads) | ear.who(Follows)) == 3)
            leader = ear.newest_leader()
            ear.heard.clear()
            cluster.signal(leader, signal.SIGKILL)
            await cluster.gone(leader)
            # Reports of the killed process may still be read after its end.
            await ear.until(lambda: bool(ear.who(Leads) - {leader}))
            await cluster.start(leader)
            await ear.until(lambda: leader in ear.who(Follows))
            assert ear.who(TakesPart) == {leader}
            # On a busy machine a second election may follow, so two members may have led by now.
            await ear.until(lambda: ear.leaders_followed() - {leader} <= ear.who(Leads))
        finally:
            await cluster.end()

    asyncio.run(main())


@pytest.mark.slow
def test_cluster_names_a_process_that_cannot_start() -> None:
    """It does not wait for an address that will never be reported."""

    async def main() -> None:
        cluster = Cluster(["a@b"], None, False, lambda name, report: None)
        try:
            with pytest.raises(RuntimeError, match="the process of a@b ended before it listened"):
                await cluster.start("a@b")
        finally:
            await cluster.end()

    asyncio.run(main())
