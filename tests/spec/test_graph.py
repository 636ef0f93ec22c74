"""TLC's dump of a graph: what it writes is what is read, whoever makes states of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from spec import tools
from spec.graph import Graph, NotExplored, explored, read
from spec.tlc import Run

LINES = [
    "strict digraph DiskGraph {",
    r'-7 [label="/\\ x = 1\n/\\ role = {\"a\\\\b\",\n  \"c\"}",style = filled]',
    '-7 -> 42 [label="Move",color="black",fontcolor="black"];',
    r'42 [label="/\\ x = 2\n/\\ role = {}"];',
    '42 -> -7 [label="Other!Back",color="black",fontcolor="black"];',
    '42 -> 42 [label="Stay",color="black",fontcolor="black"];',
    '42 -> 42 [label="Stay",color="black",fontcolor="black"];',
    r'-7 [label="/\\ x = 1\n/\\ role = {}"];',
    "}",
]


def texts(variables: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A state that is nothing but its texts."""
    return tuple(variables.items())


def test_states_and_steps_are_read_as_tlc_writes_them() -> None:
    """In the order of the dump, each once; what is quoted there is quoted no more."""
    found = read(LINES, texts)
    assert found.states == [
        (("x", "1"), ("role", '{"a\\\\b",\n  "c"}')),
        (("x", "2"), ("role", "{}")),
    ]
    assert found.steps == [frozenset({("Move", 1)}), frozenset({("Back", 0), ("Stay", 1)})]


def test_a_state_is_found_by_itself() -> None:
    """Or is none of the graph."""
    graph = Graph(["a", "b"], [frozenset(), frozenset()])
    assert [graph.number(state) for state in ("a", "b", "c")] == [0, 1, None]


@pytest.mark.slow
def test_a_model_is_explored_whole(tmp_path: Path) -> None:
    """Every state, and every step by the name of its action."""
    found = explored(
        "count", counting(tmp_path, "x < 2"), tools.find(), lambda seen: int(seen["x"])
    )
    assert found.states[0] == 0
    steps = {
        (found.states[n], name, found.states[to])
        for n, s in enumerate(found.steps)
        for name, to in s
    }
    assert steps == {(0, "Up", 1), (1, "Up", 2), (1, "Down", 0), (2, "Down", 1)}


@pytest.mark.slow
def test_a_run_that_fails_is_no_graph(tmp_path: Path) -> None:
    """What was explored until then would be mistaken for the whole."""
    with pytest.raises(NotExplored, match=r"count: error: .*"):
        explored("count", counting(tmp_path, "x < nobody"), tools.find(), texts)


def counting(folder: Path, guard: str) -> Run:
    """A module that counts up and down."""
    module = folder / "Count.tla"
    module.write_text(
        "---- MODULE Count ----\nEXTENDS Naturals\nVARIABLE x\n"
        f"Up == {guard} /\\ x' = x + 1\nDown == x > 0 /\\ x' = x - 1\n"
        "Init == x = 0\nNext == Up \\/ Down\n====\n"
    )
    return Run(module=module, configuration="INIT Init\nNEXT Next\n", small=True, limit=60)
