"""The scenarios: each is told in prose and then run, and the run is written into a transcript.

The docstring of a function is the prose of its transcript. A function says what happens to the
members; what they do about it is decided by the core.
"""

from collections.abc import Callable

from tests.scenarios.cluster import Cluster

Story = Callable[[], Cluster]


def first_election() -> Cluster:
    """The first election of three members.

    All three start at the same time, from records that say only that they were started before. For the
    time of one promise (150 ms) they give no vote, because a former life may have promised one. Then
    they ask one after the other, half a millisecond apart. a is first. With its own vote, one yes to
    its pre-vote is a quorum, and so is one vote. A candidate records the new term before it asks for
    votes, and a voter before it answers: "record 1/0" is term 1 with a membership that no leader has
    handed on yet. Answers that come too late to decide anything are ignored, or extend the lease.
    """
    cluster = Cluster("abc")
    cluster.start("abc")
    cluster.run(until=160)
    cluster.close()
    return cluster


def _with_a_leader(names: str = "abc", *, trust_disconnect: bool = False) -> Cluster:
    """A cluster in which a has led term 1 since 150.2 ms."""
    cluster = Cluster(names, trust_disconnect=trust_disconnect)
    cluster.start(names)
    cluster.run(until=160)
    del cluster.lines[1:]
    cluster.note("a leads term 1, as the story of the first election tells")
    return cluster


def silent_death() -> Cluster:
    """The leader dies, and no member is told.

    For example the power fails, so no connection is closed. Each follower waits for the election
    timeout that it drew at random when it heard the last heartbeat: 187.5 ms for b, 225 ms for c. By
    then the promises that they gave with their answers are over, so c says yes, and b is elected
    within four message delays. Messages to a are lost.
    """
    cluster = _with_a_leader()
    cluster.pass_quietly(until=220)
    cluster.note("a dies, and no member is told")
    cluster.die("a")
    cluster.run(until=390)
    cluster.close()
    return cluster


def broken_connection() -> Cluster:
    """The leader's process dies, and its connections break.

    By default a broken connection proves nothing: the network may have reset it, and the leader may
    still act. So b and c only prepare for the end of the promise that they gave with their last
    answer, at 200.5 ms: b asks at that instant, c half a millisecond later. The next leader is elected
    150 ms after the last heartbeat, whatever election timeouts were drawn.
    """
    cluster = _with_a_leader()
    cluster.pass_quietly(until=220)
    cluster.note("the process of a dies, and its connections break")
    cluster.die("a")
    cluster.disconnect("a")
    cluster.run(until=352)
    cluster.close()
    return cluster


def trusted_broken_connection() -> Cluster:
    """The leader's process dies, its connections break, and this is taken as proof.

    With trust_disconnect a broken connection releases the promise to that process at once. This is
    safe if the network never resets a connection to a living process, for example on a single host.
    The next leader is elected within a millisecond.
    """
    cluster = _with_a_leader(trust_disconnect=True)
    cluster.pass_quietly(until=220)
    cluster.note("the process of a dies, and its connections break")
    cluster.die("a")
    cluster.disconnect("a")
    cluster.run(until=222)
    cluster.close()
    return cluster


def resignation() -> Cluster:
    """The leader resigns and names its successor.

    It stops acting first and then says so. A voter that hears this releases its promise. The successor
    asks for votes at once, without pre-votes, and its request shows the resignation. So it does not
    matter which of the two messages a voter gets first. Here everything from a to b is lost, and b
    releases its promise because of the request of c. Two message delays after the resignation there is
    a leader. (A recipient in parentheses does not get the message.)
    """
    cluster = _with_a_leader()
    cluster.pass_quietly(until=220)
    cluster.cut("ab")
    cluster.resign("a", successor="c")
    cluster.heal()
    cluster.run(until=222)
    cluster.close()
    return cluster


def renewal_in_place() -> Cluster:
    """A member comes back with a higher term, and the leader goes on.

    c was away in term 9: it may have been elected there, or have started without a record at the wall
    clock. It refuses the heartbeat of a, because that has a lower term. If a stepped down now, every
    such return would end a leadership. But the lease of a still lasts, so no other member acts. So a
    moves above the term that it has learnt of, like a candidate, but without ceasing to act. The
    promise of b is to a, whatever the term, so b votes at once. The same leadership goes on with a
    higher token, and c follows it. The vote of c, which is still bound, was not needed.
    """
    cluster = Cluster("abc")
    cluster.start("ab")
    cluster.run(until=160)
    del cluster.lines[1:]
    cluster.note("a leads term 1, by the vote of b; c has not been there")
    cluster.pass_quietly(until=220)
    cluster.note("c comes back, with a record of term 9")
    cluster.start("c", term=9)
    cluster.run(until=252)
    cluster.close()
    return cluster


def isolated_leader() -> Cluster:
    """The leader is cut off, and steps down before another member is elected.

    No message reaches a or leaves it, so its heartbeats are lost. Its lease rests on the answer to the
    heartbeat of 200.4 ms. Of the promised 150 ms it counts on 147.03 from the moment it sent that,
    because its clock may be one per cent slow and the others one per cent fast. At 347.43 ms it stops,
    by its own clock. b and c promised at 200.5 ms, so they are free at 350.5 ms at the earliest, and b
    asks when its deadline has passed. When a is back, the heartbeat of the new leader updates it.
    """
    cluster = _with_a_leader()
    cluster.pass_quietly(until=220)
    cluster.note("a is cut off")
    cluster.cut("ab", "ac", "ba", "ca")
    cluster.run(until=400)
    cluster.note("a is back")
    cluster.heal()
    cluster.run(until=440)
    cluster.close()
    return cluster


def split_vote() -> Cluster:
    """Two members campaign in the same term, and neither is elected.

    Pre-votes, ranks and backoff make this rare: it takes four members, a pause and a lost message.
    All would vote for a, but its process stops before it hears so. After ten milliseconds b asks, and
    they grant it their pre-votes. Now a goes on, and both campaign at the same time. The request of b
    to c is lost, so a has its own vote and that of c, and b has its own and that of d. Three of four
    would be a quorum, so there is no leader. But each has drawn a new deadline at random, and they
    differ: when a asks again, the promises of that term have just ended.
    """
    cluster = Cluster("abcd")
    cluster.start("abcd")
    cluster.run(until=150.1)
    cluster.note("the process of a stops for a while")
    cluster.stop("a")
    cluster.run(until=163.2)
    cluster.note("what b sends to c is lost")
    cluster.cut("bc")
    cluster.run(until=163.3)
    cluster.note("a goes on")
    cluster.go_on("a")
    cluster.run(until=163.5)
    cluster.heal()
    cluster.run(until=314)
    cluster.close()
    return cluster


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        first_election,
        silent_death,
        broken_connection,
        trusted_broken_connection,
        resignation,
        renewal_in_place,
        isolated_leader,
        split_vote,
    )
}
