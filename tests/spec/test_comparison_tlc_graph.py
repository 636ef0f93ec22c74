"""TLC's dump of a graph: what it writes is what is read."""

from dataclasses import replace

import pytest

from spec.comparison.instance import Instance
from spec.comparison.spec_states import SpecMessage, at_rest
from spec.comparison.tlc_graph import NotExplored, read, whole_graph

ONE = Instance(name="one", size=1, highest_term=1, states=0, transitions=0)
TEXT = (
    r"/\\ leader = (m1 :> None @@ m2 :> m1)\n"
    r"/\\ messages = {[kind |-> \"VoteRequest\", from |-> m1, to |-> m2, term |-> 1, stamp |-> 0,"
    r" age |-> 2, resigned |-> None],\n [kind |-> \"Refused\", from |-> None, to |-> m1, term |-> 3]}\n"
    r"/\\ backing = (m1 :> (m1 :> 1 @@ m2 :> 2) @@ m2 :> (m1 :> 0 @@ m2 :> 0))\n"
    r"/\\ winners = {[term |-> 1, member |-> m1]}\n"
    r"/\\ stamp = (m1 :> 1 @@ m2 :> 0)\n"
    r"/\\ term = (m1 :> 1 @@ m2 :> 0)\n"
    r"/\\ role = (m1 :> \"leader\" @@ m2 :> \"precandidate\")\n"
    r"/\\ promise = (m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> None, left |-> 0])\n"
    r"/\\ held = (m1 :> 0 @@ m2 :> 0)\n"
    r"/\\ granted = (m1 :> {} @@ m2 :> {m1, m2})"
)
OTHER = TEXT.replace(r"\"leader\"", r"\"follower\"")
LINES = [
    "strict digraph DiskGraph {",
    f'-7 [label="{TEXT}",style = filled]',
    '-7 -> 42 [label="Move",color="black",fontcolor="black"];',
    f'42 [label="{OTHER}"];',
    '42 -> -7 [label="Other!Back",color="black",fontcolor="black"];',
    '42 -> 42 [label="Stay",color="black",fontcolor="black"];',
    '42 -> 42 [label="Stay",color="black",fontcolor="black"];',
    f'-7 [label="{TEXT}"];',
    "}",
]


def test_read_finds_every_state_once_and_its_steps() -> None:
    """In the order of the dump, by the names of the actions without the module they are from."""
    graph = read(LINES, ["m1", "m2"])
    assert [state.members[0].role for state in graph.states] == ["leader", "follower"]
    assert graph.steps == [frozenset({("Move", 1)}), frozenset({("Back", 0), ("Stay", 1)})]
    assert [graph.number(state) for state in graph.states] == [0, 1]
    assert graph.number(graph.states[0]._replace(winners=frozenset())) is None


def test_read_understands_every_variable() -> None:
    """A function of the members is a field of each; what a kind of message lacks is absent."""
    state = read(LINES, ["m1", "m2"]).states[0]
    one = at_rest("m1", 2)._replace(
        role="leader", term=1, stamp=1, backing=(1, 2), promise=("m1", 1)
    )
    two = at_rest("m2", 2)._replace(
        role="precandidate", leader="m1", granted=frozenset({"m1", "m2"})
    )
    request = SpecMessage(
        kind="VoteRequest", sender="m1", to="m2", term=1, stamp=0, age=2, resigned=None
    )
    assert state.members == (one, two)
    assert state.messages == {request, SpecMessage(kind="Refused", sender=None, to="m1", term=3)}
    assert state.winners == {(1, "m1")}


@pytest.mark.slow
def test_whole_graph_is_as_large_as_the_model() -> None:
    """A member alone, from Init on."""
    graph = whole_graph(ONE)
    assert graph.states[0].members == (at_rest("m1", 1),)
    assert len(graph.states) == len(graph.steps) == 7


@pytest.mark.slow
def test_whole_graph_of_a_run_that_fails_is_an_error() -> None:
    """What was explored until then would be mistaken for the whole graph."""
    with pytest.raises(NotExplored, match=r"one: error: .*"):
        whole_graph(replace(ONE, highest_term=-1))
