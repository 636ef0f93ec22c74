"""Three members in network namespaces of their own; the way from one to another is cut and healed.

``python -m tests.actor.one_way_cuts`` is the laboratory, and prints for each cut how long after its end
all members agreed on one leader. With the name of a member and its namespace it is that member.
"""

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import leader
from runtime import Node, Pid, ProcessId
from tests.runtime.namespaces import shell

NAMES = ("a", "b", "c")
ADDRESSES = {"a": "10.77.0.1", "b": "10.77.0.2", "c": "10.77.0.3"}
LINK_ADDRESSES = {"a": "02:00:00:00:00:01", "b": "02:00:00:00:00:02", "c": "02:00:00:00:00:03"}
NOWHERE = "02:00:00:00:00:99"
CUT_SECONDS = (0.7, 2.0)


class Reporting(leader.Actor):
    """Prints whom it follows."""

    def init(self, bootstrap: Sequence[ProcessId]) -> leader.Options:
        return leader.Options(cluster_id="cuts", bootstrap=bootstrap)

    def handle_become_leader(self) -> None:
        self._print(self.node.name)

    def handle_become_follower(self, leader: Pid | None) -> None:
        self._print(None if leader is None else leader.node)

    def _print(self, followed: str | None) -> None:
        print(json.dumps(followed), flush=True)  # noqa: T201


async def member(name: str) -> None:
    """Takes part until it is killed."""
    routes = {other: f"{ADDRESSES[other]}:7001" for other in NAMES if other != name}
    node = await Node.start(
        f"{name}@{ADDRESSES[name]}:7001", cookie="c" * 32, routes=routes, allow_insecure=True
    )
    await node.spawn_register("m", Reporting, [ProcessId("m", each) for each in NAMES])
    await asyncio.Event().wait()


class Views:
    """Whom each member follows, and since when all follow the same."""

    def __init__(self, processes: dict[str, subprocess.Popen[str]]) -> None:
        self._followed: dict[str, str | None] = dict.fromkeys(processes)
        self._changed = threading.Condition()
        self.agreed_at = 0.0
        for name, process in processes.items():
            threading.Thread(target=self._read, args=(name, process), daemon=True).start()

    def _read(self, name: str, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            with self._changed:
                self._followed[name] = json.loads(line)
                self.agreed_at = time.monotonic()
                self._changed.notify_all()

    def agree(self) -> bool:
        """Whether all follow one member."""
        return None not in self._followed.values() and len(set(self._followed.values())) == 1

    def wait_until_agreed(self, since: float) -> float:
        """How many seconds after that instant all agreed, for as long as half a second."""
        while True:
            with self._changed:
                self._changed.wait_for(self.agree, timeout=20)
                agreed, at = self.agree(), self.agreed_at
            if not agreed:
                raise TimeoutError(f"the members follow {self._followed}")
            time.sleep(0.5)
            if self.agree() and self.agreed_at == at:
                return max(0.0, at - since)


@contextlib.contextmanager
def cluster() -> Iterator[Views]:
    """A bridge with three hosts, and a member on each."""
    shell("mount -t tmpfs none /run && ip link add bridge type bridge && ip link set bridge up")
    for name in NAMES:
        shell(
            f"ip netns add {name} && ip link add to-{name} type veth peer name eth0 netns {name}"
            f" && ip link set to-{name} master bridge up && ip -n {name} link set lo up"
            f" && ip -n {name} link set eth0 address {LINK_ADDRESSES[name]} up"
            f" && ip -n {name} addr add {ADDRESSES[name]}/24 dev eth0"
        )
    for source, to in itertools.permutations(NAMES, 2):
        lead(source, to, LINK_ADDRESSES[to])
    processes = {
        name: subprocess.Popen(
            ["ip", "netns", "exec", name, sys.executable, "-m", "tests.actor.one_way_cuts", name],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in NAMES
    }
    try:
        yield Views(processes)
    finally:
        for process in processes.values():
            process.kill()
            process.wait()


def lead(source: str, to: str, link_address: str) -> None:
    """Sends what one host sends to another to that link address; where no host has it, it is lost."""
    shell(
        f"ip -n {source} neigh replace {ADDRESSES[to]} lladdr {link_address} dev eth0 nud permanent"
    )


def laboratory() -> None:
    """Cuts each way for each time, and prints what it came to."""
    results: list[dict[str, Any]] = []
    with cluster() as views:
        views.wait_until_agreed(0)
        for seconds, (source, to) in zip(
            itertools.cycle(CUT_SECONDS), itertools.permutations(NAMES, 2), strict=False
        ):
            lead(source, to, NOWHERE)
            time.sleep(seconds)
            lead(source, to, LINK_ADDRESSES[to])
            took = views.wait_until_agreed(time.monotonic())
            results.append({"way": source + to, "cut": seconds, "agreed_after": round(took, 3)})
            time.sleep(1)
    print(json.dumps(results))  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:]:
        asyncio.run(member(sys.argv[1]))
    else:
        laboratory()
