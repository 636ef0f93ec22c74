"""The log of a small cluster is a story that an operator can read: one line for each change, with its reason."""

import asyncio
import logging
import re

import pytest

from leader import FileStorage
from leader.election.story import CHANGES_LIMIT, Story
from leader.protocol.actions import Action
from leader.protocol.effects import RefusalReason
from leader.protocol.events import Event, PeerWentDown, Received, ResignationAsked, Woke
from leader.protocol.messages import Message
from leader.protocol.state import State
from leader.protocol.transition import Transition
from leader.protocol.vocabulary import MemberId
from runtime.logs import process_log
from runtime.simulation import SimulatedClock, VirtualTimeLoop
from tests.election.election_support import NAME, Members, among_members, options, pass_time, voters
from tests.election.engine_support import logged
from tests.protocol.builders import (
    A,
    B,
    C,
    following,
    grant,
    heartbeat_refused,
    leading,
    member,
    membership,
    pre_vote_refused,
    record,
    refusing,
    resigned,
    settings,
    vote_request,
)

ALL = "abc"


def told(caplog: pytest.LogCaptureFixture, *nodes: str) -> list[str]:
    """What the members have logged since the last call, sorted; seconds are N, terms T, voters QUORUM."""
    lines = []
    for line in caplog.records:
        fields = vars(line)
        if line.name == "leader" and fields["node"] in (nodes or ALL):
            assert (fields["cluster"], fields["member"]) == ("shop", f"{NAME}@{fields['node']}")
            text = re.sub(r"\d+\.\d+ s", "N s", line.getMessage())
            text = re.sub(r"elected by .* after", "elected by QUORUM after", text)
            text = re.sub(r"\d{13}", "T", text).replace(f"{NAME}@", "")
            level = "" if line.levelno == logging.INFO else f"{line.levelname} "
            lines.append(f"{fields['node']}: {level}{text}")
    caplog.clear()
    return sorted(lines)


def isolate_all(members: Members) -> None:
    """Lose all messages between all nodes."""
    for source in ALL:
        for destination in set(ALL) - {source}:
            members.world.network.partition(source, destination)


def others(node: str) -> str:
    """The other two, as a sentence has them."""
    return " and ".join(sorted(set(ALL) - {node}))


def of_the_start(first: str, second: str, third: str) -> list[str]:
    """What the first leader logs until it leads."""
    return sorted(
        [
            f"{first}: starts: voters a, b and c, 2 of 3 are a quorum; promise N s, election timeout 0.150 "
            "to N s, a heartbeat each N s; record in MemoryStorage()",
            f"{first}: there is no record of this member: it begins as a new one",
            f"{first}: found {second}",
            f"{first}: found {third}",
            f"{first}: leads with token T, elected by QUORUM after N s without a leader: "
            "no leader was heard from since the start",
        ]
    )


def of_the_hand_over(first: str, second: str, third: str) -> list[str]:
    """What all log when the first leader hands over to the second."""
    return sorted(
        [
            f"{first}: this member handed over to {second}",
            f"{second}: {first} handed over to {second}",
            f"{third}: {first} handed over to {second}",
            f"{second}: leads with token T, elected by QUORUM after N s without a leader: "
            f"{first} handed over to {second}",
            f"{first}: follows {second} in term T, after N s without a leader",
            f"{third}: follows {second} in term T, after N s without a leader",
        ]
    )


def of_the_partition(first: str, second: str, third: str) -> list[str]:
    """What all log when the second leads and nobody hears anybody for three seconds."""
    silent = "it was silent for longer than the election timeout"
    nobody = "WARNING nobody leads: 1 of 3 voters reachable, 2 needed"
    return sorted(
        [
            f"{second}: WARNING this member lost its lease: no answer of {others(second)} came in time",
            f"{first}: {second} was lost: {silent}",
            f"{third}: {second} was lost: {silent}",
            *(f"{node}: {nobody}, {others(node)} are not; for N s now" for node in ALL),
        ]
    )


def test_story_of_a_small_cluster(caplog: pytest.LogCaptureFixture) -> None:
    """It starts, elects, hands over, loses its quorum, elects again, and one member stops."""
    caplog.set_level(logging.INFO, "leader")

    async def main(members: Members) -> None:
        await members.start(*ALL)
        first = await members.settled()
        await pass_time(1)
        cast = (first, *sorted(set(ALL) - {first}))
        started = [line for line in told(caplog, first) if "refuses" not in line]
        assert started == of_the_start(*cast)
        await members.elections[first].resign(MemberId(f"{NAME}@{cast[1]}"))
        await pass_time(1)
        assert told(caplog) == of_the_hand_over(*cast)
        isolate_all(members)
        await pass_time(3)
        assert told(caplog) == of_the_partition(*cast)
        members.world.network.heal()
        leader = await members.settled()
        await pass_time(1)
        healed = [line for line in told(caplog) if "refuses" not in line]
        assert [line.split()[1] for line in healed if line.startswith(leader)] == ["leads"]
        assert len([line for line in healed if f"follows {leader} in term T" in line]) == 2
        assert len(healed) == 3
        gone = next(node for node in ALL if node != leader)
        await members.elections[gone].stop()
        await pass_time(3)
        lost = f"lost {gone}: it left, or the connection with its node ended"
        assert told(caplog) == [f"{node}: {lost}" for node in sorted(set(ALL) - {gone})]

    among_members(main)


def test_a_member_that_finds_its_record_says_its_term(
    tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    """And where it is."""
    caplog.set_level(logging.INFO, "leader")

    async def main(members: Members) -> None:
        storage = FileStorage(str(tmp_path))
        for _ in range(2):
            caplog.clear()
            await members.start_node("a")
            given = options(bootstrap=voters("a"), storage=storage)
            await members.join("a", given)
            await members.settled()
            await members.elections["a"].stop()
            await members.elections["a"].close()
            await members.nodes["a"].stop()
        story = told(caplog, "a")
        assert any("the record of this member is of term T" in line for line in story)
        assert any(f"record in FileStorage({str(tmp_path)!r})" in line for line in story)
        assert any("voters a, 1 of 1 are a quorum" in line for line in story)

    among_members(main)


def test_an_observer_says_that_it_has_no_vote(caplog: pytest.LogCaptureFixture) -> None:
    """And that it hears no leader."""
    caplog.set_level(logging.INFO, "leader")

    async def main(members: Members) -> None:
        await members.start("a", bootstrap=())
        await pass_time(2)

    among_members(main)
    first, second = (line for line in told(caplog) if "starts" in line or "WARNING" in line)
    assert first == (
        "a: WARNING no leader was heard from for N s: this member only observes, and knows no voter"
    )
    assert second.startswith("a: starts: observes, has no vote; promise")


FOLLOWS_B = member(following(B, 300))
LEADS = member(leading(grant(B, 0), grant(C, 0), deadline=50))
WAITS = member(following(None, 300))


def step_logs(
    caplog: pytest.LogCaptureFixture,
    *steps: tuple[State, Event, Transition],
    level: int = logging.INFO,
) -> list[str]:
    """What is logged at that level of these steps, taken one after the other."""
    caplog.set_level(logging.INFO)

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        story = Story(settings(A), membership(), clock, process_log("host"))
        for step in steps:
            story.stepped(*step)
        story.stops()

    VirtualTimeLoop().run(main())
    return logged(caplog.records, level)


@pytest.mark.parametrize(
    ("before", "event", "action", "text"),
    [
        (
            FOLLOWS_B,
            Received(message=resigned(B, 5, successor=C)),
            Action.HANDLE_RESIGNED,
            f"{B} handed over to {C}",
        ),
        (FOLLOWS_B, Received(message=resigned(B, 5)), Action.HANDLE_RESIGNED, f"{B} resigned"),
        (
            FOLLOWS_B,
            PeerWentDown(peer=B),
            Action.PEER_DOWN,
            f"{B} was lost: the connection with its node ended",
        ),
        (
            FOLLOWS_B,
            Woke(),
            Action.LOSE_LEADER,
            f"{B} was lost: it was silent for longer than the election timeout",
        ),
        (
            FOLLOWS_B,
            Received(message=vote_request(C, 6, sent=1)),
            Action.HANDLE_VOTE_REQUEST,
            f"{B} was lost: {C} is in a later election",
        ),
        (FOLLOWS_B, Woke(), Action.CAMPAIGN, f"{B} was lost"),
        (LEADS, ResignationAsked(successor=C), Action.RESIGN, f"this member handed over to {C}"),
        (LEADS, ResignationAsked(successor=None), Action.RESIGN, "this member resigned"),
        (LEADS, Woke(), Action.RENEW, "this member lost its lease: it was left to expire"),
    ],
)
def test_the_end_of_a_leadership_has_its_reason(
    before: State, event: Event, action: Action, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever led."""
    assert step_logs(caplog, (before, event, Transition(action, WAITS, ()))) == [text]


def test_a_higher_term_ends_a_leadership(caplog: pytest.LogCaptureFixture) -> None:
    """It is named."""
    higher = member(following(None, 300), durable=record(term=9))
    step = Transition(Action.HANDLE_VOTE_REQUEST, higher, ())
    lines = step_logs(caplog, (LEADS, Received(message=vote_request(B, 9, sent=1)), step))
    assert lines == ["this member leads no longer: it has heard of term 9"]


def test_refusals_are_logged_at_both_ends_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    """For each member and each thing that it asks."""
    answer = pre_vote_refused(A, 5)
    ours = Transition(None, WAITS, refusing(B, answer, RefusalReason.PROMISED_TO_ANOTHER))
    asked = (WAITS, Woke(), ours)
    refused: list[tuple[State, Event, Transition]] = [
        (WAITS, Received(message=message), Transition(None, WAITS, ()))
        for message in (pre_vote_refused(B, 7), heartbeat_refused(C, 8))
    ]
    assert step_logs(caplog, asked, *refused, asked, *refused) == [
        f"refuses a request of {B}: promised to another",
        f"{B} refuses a pre-vote: its term is 7, that of this member 5",
        f"{C} refuses a heartbeat: its term is 8, that of this member 5",
    ]


def test_a_refusal_of_a_member_without_a_vote_is_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It counts for nothing."""
    stranger: Message = pre_vote_refused(MemberId("x@y"), 7)
    assert step_logs(caplog, (WAITS, Received(message=stranger), Transition(None, WAITS, ()))) == []


def test_a_leader_that_changes_all_the_time_is_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After so many lines; the lines go on a minute later."""
    found = (WAITS, Woke(), Transition(Action.HANDLE_HEARTBEAT, FOLLOWS_B, ()))
    lost = (FOLLOWS_B, Woke(), Transition(Action.LOSE_LEADER, WAITS, ()))
    lines = step_logs(caplog, *[found, lost] * CHANGES_LIMIT)
    assert len(lines) == CHANGES_LIMIT
    assert logged(caplog.records, logging.WARNING) == [
        f"the leader has changed {CHANGES_LIMIT} times within a minute: no more changes are logged "
        "until it is over"
    ]


def test_a_peer_that_comes_and_goes_is_logged_only_so_often(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Another peer has lines of its own."""
    caplog.set_level(logging.INFO)

    async def main() -> None:
        clock = SimulatedClock(asyncio.get_running_loop())
        story = Story(settings(A), membership(), clock, process_log("host"))
        for _ in range(20):
            story.peer_joined(B)
            story.peer_left(B)
        story.peer_joined(C)

    VirtualTimeLoop().run(main())
    lines = logged(caplog.records, logging.INFO)
    assert len(lines) == 7
    assert lines[-1] == f"found {C}"
