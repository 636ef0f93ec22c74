"""The scenarios: what happens to the members of a cluster, told first and then let happen.

The docstring of a story is the prose of its transcript. What the members do is theirs.
"""

from collections.abc import Callable

from tests.scenarios.cluster import Cluster

Story = Callable[[], Cluster]


def first_election() -> Cluster:
    """The first election of three members.

    All three start at once, from records that say nothing but that they once started. For one
    promise (150 ms) they vote for nobody, since a former life might have promised its vote. Then they
    would ask one after the other, half a millisecond apart. a comes first, and asks whether it would
    be voted for; with its own, the first yes is a quorum, and so is the first vote. Whoever asks for
    votes has recorded the new term before, and so has whoever votes: "record 1/0" is term 1, with a
    membership that no leader has handed on yet. The answers that come too late to decide anything are
    ignored, or extend the lease.
    """
    cluster = Cluster("abc")
    cluster.start("abc")
    cluster.run(until=160)
    cluster.close()
    return cluster


def _with_a_leader(names: str = "abc", *, trust_disconnect: bool = False) -> Cluster:
    """A cluster that a leads, since 150.2 ms, in term 1."""
    cluster = Cluster(names, trust_disconnect=trust_disconnect)
    cluster.start(names)
    cluster.run(until=160)
    del cluster.lines[1:]
    cluster.note("a leads term 1, as the story of the first election tells")
    return cluster


def silent_death() -> Cluster:
    """The leader dies, and nobody is told.

    The power fails, say: no connection is closed. The followers wait for the election timeout that
    each drew by chance when it heard the last heartbeat, b for 187.5 ms and c for 225. By then the
    promises that they gave with their answers are over: c says yes, and b is elected within four
    message delays. What is sent to a is sent to nobody.
    """
    cluster = _with_a_leader()
    cluster.pass_quietly(until=220)
    cluster.note("a dies, and nobody is told")
    cluster.die("a")
    cluster.run(until=390)
    cluster.close()
    return cluster


def broken_connection() -> Cluster:
    """The leader's process dies, and its connections break.

    By default a broken connection proves nothing: the network might have reset it, and the leader
    might be acting. So b and c only make themselves ready for the end of the promise that they gave
    with their last answer at 200.5 ms: b for that very instant, c for half a millisecond later. The
    next leader is elected 150 ms after the last heartbeat, whatever timeouts chance has drawn.
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
    """The leader's process dies, its connections break, and that is taken for proof.

    With trust_disconnect a broken connection releases the promise to whoever is behind it at once:
    safe where the network never resets a connection to a living process, on one host for instance.
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
    """The leader resigns, and names its successor.

    It stops acting first, and then says so. Whoever hears it takes back the promise it gave. The
    successor asks for votes at once, without pre-votes; its request shows the resignation, so that
    it makes no difference which of the two a voter hears first: here all news from a to b is lost,
    and b releases its promise by what c shows it. Two message delays after the resignation was heard
    there is a leader. (What is lost on its way to b is sent to (b).)
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

    c was away, in term 9: perhaps it was elected there long ago, perhaps it starts without a record,
    at the wall clock. It refuses a's heartbeat, as any of a lower term. Would a step down now, every
    such return would end a leadership. But a acts by a live lease, so nobody else does, and it moves
    above the term it has learnt of, as a candidate does, without ceasing to act: b's promise is to a,
    whatever the term, so b votes at once. The same leadership goes on with a higher token, and c
    follows it. Of c, which votes for nobody yet, nothing was needed.
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
    """The leader is cut off, and steps down before anybody else is elected.

    a hears nobody, and nobody hears a; its heartbeats are lost. What it leads by was promised in
    answer to that of 200.4 ms: of those 150 ms it counts on 147.03, from when it sent that, since its
    clock might be one per cent slow and those of the others one per cent fast. At 347.43 ms it stops,
    by its own clock and without a word from anybody. b and c, which promised at 200.5 ms, are free at
    350.5 ms at the soonest, and b asks when its deadline has passed. Once a is back, the heartbeat of
    the new leader tells it all that it has missed.
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
    """Two members stand in one term, and neither is elected.

    Pre-votes, ranks and backoff make this rare: it takes four members, a pause and a lost message.
    All would vote for a, but its process stops before it hears so. For ten milliseconds they leave it
    alone; then b asks, and they help b. Now a goes on, and both stand at the same moment. Of b's
    requests the one to c is lost; so a has its own vote and that of c, b has its own and that of d,
    and three of four would be a quorum. Nobody leads, and the term is spent. But each has set its
    deadline anew, and chance parts them: when a asks again, all those promises are just over.
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
