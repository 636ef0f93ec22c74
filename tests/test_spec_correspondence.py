"""Specification, core, traces and stateful rules use the same names.

Compared are actions, the guards of each and their order, messages and their fields, and claims: a name
that only one side has fails here. That both sides also mean the same is shown by comparing whole graphs;
these tests make sure that a reader who knows one side finds the way on the other. The last tests change
texts and make sure that each kind of change is reported.
"""

import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from leader.election import trace
from leader.protocol import invariants, messages
from leader.protocol.actions import Action
from leader.protocol.events import PeerWentDown, ResignationAsked, Woke
from spec import models
from spec.configuration import invariants_of, properties_of
from spec.guards import table
from spec.guards.text import Guard, actions_of, guards_of
from spec.models import Holds
from stateful_tests.rules import RULES
from tests.correspondence_support import (
    Function,
    definitions_of,
    differences_in_guards,
    functions_of,
    missing_functions,
    names_in,
    one_sided,
    recipe_of,
    records_of,
    snake,
    unknown_names,
)

ROOT = Path(__file__).parent.parent
ELECTION = (ROOT / "spec" / "Election.tla").read_text()
CLAIMS = (ROOT / "spec" / "MCElection.tla").read_text()
ACTIONS = actions_of(ELECTION)

OF_TIME = {"Tick", "EndPromise"}
"""Actions that no member takes: the passing of time, which instants show."""
OF_THE_WORLD = OF_TIME | {"Crash"}
"""Actions without a function in the core: it does not run when they are taken."""

HELD_ELSEWHERE = {
    # Only a running member has a state, and only a start makes one.
    ("HandlePreVoteRequest", 'role[v] # "down"'),
    ("HandleVoteRequest", 'role[v] # "down"'),
    ("HandleHeartbeat", 'role[v] # "down"'),
    ("Refusals", 'role[m] # "down"'),
    ("Crash", 'role[m] # "down"'),
    ("Restart", 'role[m] = "down"'),
    # An assumption about connections that are trusted.
    ("PeerDown", 'AccurateDetector => role[p] = "down"'),
    # In models without time, only a promise can end.
    ("EndPromise", "promise[m].left > 0"),
}
"""The guards that always hold when the core runs."""

RULE_OF_EVENT = {Woke: "wait_until_due", PeerWentDown: "peer_down", ResignationAsked: "resign"}
"""The rule of the stateful tests for each event that may lead to an action; messages are delivered."""
OF_A_PROCESS = {"Crash": "crash", "Restart": "restart"}
"""The rules for actions that no event of a running member leads to."""

OF_THE_NETWORK = {
    *("time_passes", "deliver_and_crash", "drop", "duplicate", "partition", "isolate", "heal"),
    *("pause", "resume", "force_campaign", "settle"),
}
"""The rules that are no action: in the specification a message may be lost, repeated and reordered anyway."""

RECIPE_LIMIT = 15
"""A new action touches no more files than this."""
TEXTS = {".py", ".tla", ".toml", ".md"}
"""The endings of files that may list actions; transcripts are generated."""

REFUSALS = {"PreVoteRefused", "VoteRefused", "HeartbeatRefused"}
"""Messages that are handled alike, so the specification has one kind for them."""
SPELLED = {
    "from": "sender",
    "age": "sent",
    "stamp": "membership",
    "resigned": "resignation",
    "term": "term",
    "successor": "successor",
}
"""The field of the core for each field of the specification; the recipient is in the effect."""
BEYOND = {
    # It identifies a round; the specification drops grants of earlier rounds.
    ("PreVoteRequest", "sent"),
    ("PreVoteGranted", "sent"),
    # In the specification it is a constant that every member knows.
    ("VoteGranted", "promise"),
    ("HeartbeatAck", "promise"),
    # In the specification the voters never change, and a leader's stamp is its term.
    ("Heartbeat", "membership"),
    ("HeartbeatAck", "membership"),
}
"""The fields of messages that the specification does not have, besides the name of the cluster."""


def core() -> list[Function]:
    """All functions of the core."""
    files = sorted((ROOT / "leader" / "protocol").glob("*.py"))
    return [function for file in files for function in functions_of(file.read_text())]


def test_every_action_has_its_function() -> None:
    """The function has the action's name and gives it in its docstring."""
    assert missing_functions(ACTIONS - OF_THE_WORLD, core()) == []


def test_docstrings_of_the_core_refer_only_to_what_the_specification_defines() -> None:
    """A renamed definition leaves its old name in the core."""
    defined = definitions_of(ELECTION) | definitions_of(CLAIMS)
    assert unknown_names(core(), defined) == []


def test_traces_name_every_action() -> None:
    """As an action of a line or by a line of its own; time is shown by the instants of the lines."""
    told = {*Action, trace.RESTART} | OF_TIME
    assert trace.Crashed.__name__.startswith("Crash")
    assert one_sided("Next", ACTIONS, "traces", told | {"Crash"}) == []


def test_trace_election_takes_every_action_by_its_own_name() -> None:
    """Otherwise a recorded step would be checked as another action."""
    text = (ROOT / "spec" / "TraceElection.tla").read_text()
    taken = dict(re.findall(r'Move\.action = "(\w+)" -> (\w+)\(m\)', text))
    assert taken == {name: name for name in ACTIONS - OF_TIME}


def test_table_of_actions_lists_those_of_the_specification() -> None:
    """Those that a running member takes, and the start, which traces show apart."""
    listed = {*Action, trace.RESTART}
    assert one_sided("Next", ACTIONS - OF_THE_WORLD, "the table of actions", listed) == []


def test_table_of_actions_names_functions_that_name_their_action() -> None:
    """In both directions."""
    named = {(function.name, name) for function in core() for name in function.names}
    assert [each for each in Action if (each.function_name, each.value) not in named] == []


def test_table_of_actions_names_every_message_as_a_cause() -> None:
    """Except the message for members that were started with different lists."""
    causes = {cause for action in Action for cause in action.causes}
    kinds = set(get_args(messages.Message)) - {messages.MembershipContradicted}
    assert causes == kinds | set(RULE_OF_EVENT)


def test_stateful_rules_lead_to_every_action() -> None:
    """Every other rule is about the network or a process, so no rule does what the specification lacks."""
    causes = {cause for action in Action for cause in action.causes}
    begun = {RULE_OF_EVENT.get(cause, "deliver") for cause in causes}
    begun |= {*OF_A_PROCESS.values(), *OF_THE_NETWORK}
    assert one_sided("the stateful tests", RULES, "this table", begun) == []
    assert one_sided("Next", ACTIONS - OF_TIME, "the rules", {*Action, *OF_A_PROCESS}) == []


def test_recipe_for_a_new_action_names_every_list_of_actions() -> None:
    """A file that names every action of the table is a list, and a new action must be added to it."""
    recipe = recipe_of((ROOT / "CONTRIBUTING.md").read_text(), "A new action")
    assert lists_of_actions() - recipe == set()
    assert len(recipe) <= RECIPE_LIMIT


def test_recipe_for_a_new_action_names_files_that_name_actions() -> None:
    """Each file of the recipe exists and names an action."""
    recipe = recipe_of((ROOT / "CONTRIBUTING.md").read_text(), "A new action")
    texts = {path: (ROOT / path).read_text() for path in recipe}
    assert [path for path in texts if not any(names(texts[path], each) for each in Action)] == []


def lists_of_actions() -> set[str]:
    """The files of the repository that name every action of the table."""
    folders = ("spec", "leader", "stateful_tests", "tests", "docs")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.*")]
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if path.suffix in TEXTS and all(names(path.read_text(), each) for each in Action)
    }


def names(text: str, action: Action) -> bool:
    """Whether a text names an action, by its name in the specification or in the core."""
    return (
        re.search(rf"\b({action.value}|{action.name}|{action.function_name})\b", text) is not None
    )


def test_guards_are_quoted_in_the_same_order_and_words() -> None:
    """Above the lines of the core that check them; none is missing, except those that cannot fail there."""
    guards = [row.guard for row in table.load(models.load()).rows]
    assert differences_in_guards(guards, core(), HELD_ELSEWHERE) == []


def test_kinds_of_messages_are_the_same() -> None:
    """Each has a class and a case in Matters, except the one for members started with different lists."""
    kinds = {kind.__name__ for kind in get_args(messages.Message)} - {"MembershipContradicted"}
    sent = set(records_of(ELECTION))
    assert one_sided("Election", sent, "the core", kinds - REFUSALS | {"Refused"}) == []
    matter = set(re.findall(r'(?:CASE|\[\]) r\.kind = "(\w+)" *->', ELECTION))
    assert one_sided("Election", sent, "Matters", matter) == []


def test_fields_of_messages_are_the_same() -> None:
    """Under the names that each side uses for them."""
    for kind in get_args(messages.Message):
        name = kind.__name__
        if name != "MembershipContradicted":
            of_spec = records_of(ELECTION)["Refused" if name in REFUSALS else name]
            expected = {SPELLED.get(field, field) for field in of_spec - {"to"}} | {"cluster"}
            expected |= {field for of, field in BEYOND if of == name}
            fields = set(inspect.signature(kind).parameters)
            assert one_sided("Election", expected, name, fields) == []


def test_claims_are_the_same() -> None:
    """In the specification, in the core and in the documentation; each holds in some model."""
    claimed = {name: snake(name) for name in claims_of_models() if name in definitions_of(CLAIMS)}
    del claimed["TypeOK"]
    functions = claims_of_the_core()
    # With one membership for ever, two majorities meet: the specification assumes it.
    assert functions.pop("quorums_intersect") == ()
    assert functions == {function: (name,) for name, function in claimed.items()}
    documented = set(
        re.findall(r"^\|.*\| `(\w+)` \|", (ROOT / "docs" / "protocol.md").read_text(), re.MULTILINE)
    )
    assert one_sided("docs/protocol.md", documented, "the models", claimed) == []


def claims_of_models() -> set[str]:
    """The claims of the models that are expected to hold."""
    texts = [m.configuration for m in models.load().values() if isinstance(m.expected, Holds)]
    return {name for text in texts for name in (*invariants_of(text), *properties_of(text))}


def claims_of_the_core() -> dict[str, tuple[str, ...]]:
    """The functions about a whole cluster, each with the names in the specification that it gives."""
    return {
        name: names_in(inspect.getdoc(function) or "")
        for name, function in inspect.getmembers(invariants, inspect.isfunction)
        if inspect.signature(function).return_annotation is None
    }


MODULE = """
Chosen(m) == {r \\in messages : r.kind = "Ask" /\\ r.to = m /\\ r.term > term[m]}

AskAgain(m) ==
  /\\ role[m] = "leader"
  /\\ term[m] > 0
  /\\ Send({[kind |-> "Ask", from |-> m, to |-> n, term |-> term[m]]})

Next ==
  \\/ AskAgain(m)

"""
SOURCE = '''
def ask_again(state):
    """Ask. Spec: AskAgain."""
    # Spec: role[m] = "leader"
    if state.leads and (
        # Spec: term[m] > 0
        state.term > 0
    ):
        return state


def handle_ask(state):
    """Answer. Spec: Chosen."""
    # Spec: r.term > term[m]
    return state.term
'''


def guards() -> list[Guard]:
    """The guards of the small module above."""
    return list(guards_of(MODULE, frozenset({"Chosen", "AskAgain"})))


def test_texts_that_agree_have_no_differences() -> None:
    """Otherwise the tests below would find a difference for another reason than their change."""
    functions = list(functions_of(SOURCE))
    assert missing_functions(actions_of(MODULE), functions) == []
    assert unknown_names(functions, definitions_of(MODULE)) == []
    assert differences_in_guards(guards(), functions, ()) == []
    assert records_of(MODULE) == {"Ask": {"from", "to", "term"}}


def test_missing_functions_names_an_action_without_its_function() -> None:
    """A function of another name counts as missing, and so does one that does not name the action."""
    for was, becomes in (("def ask_again", "def ask"), ("Spec: AskAgain.", "")):
        functions = list(functions_of(SOURCE.replace(was, becomes)))
        [found] = missing_functions({"AskAgain"}, functions)
        assert found.startswith("AskAgain: no function ask_again")


def test_unknown_names_names_a_reference_to_nothing() -> None:
    """An action that was renamed leaves its old name in the core."""
    functions = list(functions_of(SOURCE.replace("Chosen", "Picked")))
    assert unknown_names(functions, definitions_of(MODULE)) == [
        "handle_ask: Spec: Picked: not in the specification"
    ]


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("        # Spec: term[m] > 0\n", "", "AskAgain: the core does not quote term[m] > 0"),
        ("term[m] > 0", "term[m] > 1", "ask_again: no such guard: term[m] > 1"),
        ("Spec: Chosen", "See Chosen", "handle_ask: no such guard: r.term > term[m]"),
    ],
)
def test_differences_in_guards_names_a_guard_that_only_one_side_has(
    was: str, becomes: str, complaint: str
) -> None:
    """One that is missing, one in other words, and one of an action that is not named."""
    functions = functions_of(SOURCE.replace(was, becomes))
    assert complaint in differences_in_guards(guards(), functions, ())


def test_differences_in_guards_names_another_order() -> None:
    """Whichever side was changed."""
    [term, role] = ("# Spec: term[m] > 0", '# Spec: role[m] = "leader"')
    turned = SOURCE.replace(role, "?").replace(term, role).replace("?", term)
    assert differences_in_guards(guards(), functions_of(turned), ()) == [
        "ask_again: not in the order of AskAgain"
    ]


def test_differences_in_guards_names_a_needless_exception() -> None:
    """A guard that the core quotes must not be listed as held elsewhere."""
    found = differences_in_guards(guards(), functions_of(SOURCE), {("AskAgain", "term[m] > 0")})
    assert found == ["AskAgain: term[m] > 0: listed as held elsewhere, and is not"]


@pytest.mark.parametrize(
    "source",
    ["# Spec: x > 0\nX = 1\n", 'def act():\n    """Act."""\n    # Spec: x > 0\n\n    return 1\n'],
)
def test_functions_of_refuses_a_quotation_above_no_code(source: str) -> None:
    """The line that it was about is gone."""
    with pytest.raises(ValueError, match=r"quotation stands outside|no line of code below"):
        list(functions_of(source))


def test_records_of_reads_every_field() -> None:
    """Over brackets and line breaks."""
    text = '[kind |-> "Ask", from |-> m, term |-> term[m] + 1,\n   stamp |-> stamp[m], to |-> v]'
    assert records_of(text) == {"Ask": {"from", "term", "stamp", "to"}}


def test_one_sided_names_the_side() -> None:
    """For messages, claims and rules alike."""
    assert one_sided("here", {"a", "b"}, "there", {"b", "c"}) == [
        "a: in here, not in there",
        "c: in there, not in here",
    ]


def test_recipe_of_reads_to_the_next_title() -> None:
    """Of each step the first path in backticks counts."""
    text = (
        "## One\n\n1. `a.py`: as `b.py` is.\n2. Then `c/d.tla`.\n\n## Another\n\n1. `e.py`: no.\n"
    )
    assert recipe_of(text, "One") == {"a.py", "c/d.tla"}
