"""TLC's graph: what it writes is what we read."""

from dataclasses import replace

import pytest

from spec import tools
from spec.graph import NotExplored
from spec.proof.concrete import beginning
from spec.proof.explorer import Explorer
from spec.proof.graph import explored, graph_of
from spec.proof.instance import Instance
from spec.proof.instances import INSTANCES

BOTH = Instance(name="both", size=2, highest_term=1, states=0, transitions=0)
TEXT = (
    r"/\\ leader = (m1 :> None @@ m2 :> m1)\n"
    r"/\\ messages = {[kind |-> \"Heartbeat\", from |-> m1, to |-> m2, term |-> 1, age |-> 2]}\n"
    r"/\\ backing = (m1 :> (m1 :> 1 @@ m2 :> 2) @@ m2 :> (m1 :> 0 @@ m2 :> 0))\n"
    r"/\\ winners = {[term |-> 1, member |-> m1]}\n"
    r"/\\ stamp = (m1 :> 1 @@ m2 :> 0)\n"
    r"/\\ term = (m1 :> 1 @@ m2 :> 0)\n"
    r"/\\ role = (m1 :> \"leader\" @@ m2 :> \"precandidate\")\n"
    r"/\\ promise = (m1 :> [to |-> m1, left |-> 1] @@ m2 :> [to |-> None, left |-> 0])\n"
    r"/\\ held = (m1 :> 0 @@ m2 :> 0)\n"
    r"/\\ granted = (m1 :> {} @@ m2 :> {m2})"
)


def test_a_state_is_read_with_its_steps() -> None:
    """Every variable, the ages of messages as instants before now, and nobody as the last member."""
    lines = [f'-7 [label="{TEXT}",style = filled]', '-7 -> -7 [label="Tick",color="black"];']
    [(state, steps)] = graph_of(lines, BOTH).items()
    assert state == beginning(2)._replace(
        role=("leader", "precandidate", "down"),
        term=(1, 0, 0),
        stamp=(1, 0, 0),
        leader=(2, 0, 2),
        backing=((1, 2, 0), (0, 0, 0), (0, 0, 0)),
        promised_to=(0, 2, 2),
        promised_until=(1, 0, 0),
        heartbeat=frozenset({(0, 1, 1, -2)}),
        won=frozenset({(1, 0)}),
    )
    assert steps == {("Tick", state)}


def test_pre_votes_are_not_overlooked() -> None:
    """What the proof leaves out must not tell two states apart."""
    text = TEXT.replace("m2 :> {m2}", "m2 :> {m1, m2}")
    with pytest.raises(ValueError, match="granted: of m2"):
        graph_of([f'1 [label="{text}"]'], BOTH)


@pytest.mark.slow
def test_a_run_that_fails_is_no_graph() -> None:
    """A smaller graph would be mistaken for the whole one."""
    nonsense = replace(INSTANCES[0], highest_term=-1)
    with pytest.raises(NotExplored, match="alone: error"):
        explored(nonsense, tools.find())


@pytest.mark.slow
def test_tlc_begins_where_the_explorer_does() -> None:
    """The first state is one of the graph."""
    assert Explorer(INSTANCES[0]).first() in explored(INSTANCES[0], tools.find())
