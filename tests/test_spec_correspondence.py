"""One name, four places: the specification, the core, its traces and the stateful rules agree.

Actions, the guards of each and their order, messages and their fields, claims: a name that only one
side has fails here. That they also mean the same is shown elsewhere, by comparing whole graphs; here
it is that a reader of one side finds his way on the other. The last tests plant a change of each
kind into texts, and see it named.
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
"""What no member does: instants show it."""
OF_THE_WORLD = OF_TIME | {"Crash"}
"""What the core has no function for, since it does not run then."""

HELD_ELSEWHERE = {
    # A state exists of a running member only, and a start makes one where there was none.
    ("HandlePreVoteRequest", 'role[v] # "down"'),
    ("HandleVoteRequest", 'role[v] # "down"'),
    ("HandleHeartbeat", 'role[v] # "down"'),
    ("Refusals", 'role[m] # "down"'),
    ("Crash", 'role[m] # "down"'),
    ("Restart", 'role[m] = "down"'),
    # What is assumed of connections, where they are trusted.
    ("PeerDown", 'AccurateDetector => role[p] = "down"'),
    # Without time there is nothing to end but a promise.
    ("EndPromise", "promise[m].left > 0"),
}
"""The guards that are true wherever the core runs."""

RULE_OF_EVENT = {Woke: "wait_until_due", PeerWentDown: "peer_down", ResignationAsked: "resign"}
"""The rule of the stateful tests for each event that may lead to an action; messages are delivered."""
OF_A_PROCESS = {"Crash": "crash", "Restart": "restart"}
"""The rules for what no event of a running member leads to."""

OF_THE_NETWORK = {
    *("time_passes", "deliver_and_crash", "drop", "duplicate", "partition", "isolate", "heal"),
    *("pause", "resume", "force_campaign", "settle"),
}
"""The rules that are no action: what is consumed by nobody is lost, repeated and reordered freely."""

RECIPE_LIMIT = 15
"""A new action touches no more files than this."""
TEXTS = {".py", ".tla", ".toml", ".md"}
"""What may list actions: everything that is written by hand, except transcripts."""

REFUSALS = {"PreVoteRefused", "VoteRefused", "HeartbeatRefused"}
"""Handled alike, so one kind in the specification."""
SPELLED = {
    "from": "sender",
    "age": "sent",
    "stamp": "membership",
    "resigned": "resignation",
    "term": "term",
    "successor": "successor",
}
"""The field that stands for each of the specification's; whom it goes to, the effect says."""
BEYOND = {
    # A round is told by the time at which it was asked for; the specification forgets earlier ones.
    ("PreVoteRequest", "sent"),
    ("PreVoteGranted", "sent"),
    # The specification has one constant for it, known to all.
    ("VoteGranted", "promise"),
    ("HeartbeatAck", "promise"),
    # Who votes is fixed there, and a leader's stamp is its term.
    ("Heartbeat", "membership"),
    ("HeartbeatAck", "membership"),
}
"""The fields of messages that the specification does without, besides the name of the cluster."""


def core() -> list[Function]:
    """Every function of the core."""
    files = sorted((ROOT / "leader" / "protocol").glob("*.py"))
    return [function for file in files for function in functions_of(file.read_text())]


def test_every_action_has_its_function() -> None:
    """It bears the action's name, and gives it in its docstring."""
    assert missing_functions(ACTIONS - OF_THE_WORLD, core()) == []


def test_the_core_speaks_of_nothing_that_is_not_in_the_specification() -> None:
    """Whatever a docstring refers to is defined there."""
    defined = definitions_of(ELECTION) | definitions_of(CLAIMS)
    assert unknown_names(core(), defined) == []


def test_every_action_is_told_in_traces() -> None:
    """As an action of a line, or by a line of its own; time by the instants of all lines."""
    told = {*Action, trace.RESTART} | OF_TIME
    assert trace.Crashed.__name__.startswith("Crash")
    assert one_sided("Next", ACTIONS, "traces", told | {"Crash"}) == []


def test_every_action_of_a_trace_is_checked_as_that_of_the_specification() -> None:
    """TraceElection takes by each name the action of that name."""
    text = (ROOT / "spec" / "TraceElection.tla").read_text()
    taken = dict(re.findall(r'Move\.action = "(\w+)" -> (\w+)\(m\)', text))
    assert taken == {name: name for name in ACTIONS - OF_TIME}


def test_the_table_lists_the_actions_of_the_specification() -> None:
    """Each that a running member takes; a start is told apart in traces."""
    listed = {*Action, trace.RESTART}
    assert one_sided("Next", ACTIONS - OF_THE_WORLD, "the table of actions", listed) == []


def test_every_function_of_the_table_quotes_its_action() -> None:
    """The table gives the name of the function, and the function that of the action."""
    named = {(function.name, name) for function in core() for name in function.names}
    assert [each for each in Action if (each.function_name, each.value) not in named] == []


def test_every_message_of_the_core_leads_to_an_action() -> None:
    """Except the one that says that two members were started with different lists."""
    causes = {cause for action in Action for cause in action.causes}
    kinds = set(get_args(messages.Message)) - {messages.MembershipContradicted}
    assert causes == kinds | set(RULE_OF_EVENT)


def test_every_action_is_begun_by_a_rule() -> None:
    """Every other rule is the network's: none does what the specification has no action for."""
    causes = {cause for action in Action for cause in action.causes}
    begun = {RULE_OF_EVENT.get(cause, "deliver") for cause in causes}
    begun |= {*OF_A_PROCESS.values(), *OF_THE_NETWORK}
    assert one_sided("the stateful tests", RULES, "this table", begun) == []
    assert one_sided("Next", ACTIONS - OF_TIME, "the rules", {*Action, *OF_A_PROCESS}) == []


def test_the_recipe_for_a_new_action_names_every_list_of_actions() -> None:
    """A file that names every action of the table is a list that a new action has to be added to."""
    recipe = recipe_of((ROOT / "CONTRIBUTING.md").read_text(), "A new action")
    assert lists_of_actions() - recipe == set()
    assert len(recipe) <= RECIPE_LIMIT


def test_the_recipe_for_a_new_action_names_files_that_name_actions() -> None:
    """Each file of the recipe is there and names some action."""
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
    """Whether a text names an action, as the specification does or as the core does."""
    return (
        re.search(rf"\b({action.value}|{action.name}|{action.function_name})\b", text) is not None
    )


def test_the_guards_stand_in_the_same_order_in_the_same_words() -> None:
    """Above each line of the core that checks one; none is missing but those that cannot fail there."""
    guards = [row.guard for row in table.load(models.load()).rows]
    assert differences_in_guards(guards, core(), HELD_ELSEWHERE) == []


def test_the_kinds_of_messages_are_the_same() -> None:
    """Each that is sent has its case in Matters, and its class; but for who were started apart."""
    kinds = {kind.__name__ for kind in get_args(messages.Message)} - {"MembershipContradicted"}
    sent = set(records_of(ELECTION))
    assert one_sided("Election", sent, "the core", kinds - REFUSALS | {"Refused"}) == []
    matter = set(re.findall(r'(?:CASE|\[\]) r\.kind = "(\w+)" *->', ELECTION))
    assert one_sided("Election", sent, "Matters", matter) == []


def test_the_fields_of_messages_are_the_same() -> None:
    """Under the names that each side has for them."""
    for kind in get_args(messages.Message):
        name = kind.__name__
        if name != "MembershipContradicted":
            of_spec = records_of(ELECTION)["Refused" if name in REFUSALS else name]
            expected = {SPELLED.get(field, field) for field in of_spec - {"to"}} | {"cluster"}
            expected |= {field for of, field in BEYOND if of == name}
            fields = set(inspect.signature(kind).parameters)
            assert one_sided("Election", expected, name, fields) == []


def test_the_claims_are_the_same() -> None:
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
    """What the models check that are expected to hold."""
    texts = [m.configuration for m in models.load().values() if isinstance(m.expected, Holds)]
    return {name for text in texts for name in (*invariants_of(text), *properties_of(text))}


def claims_of_the_core() -> dict[str, tuple[str, ...]]:
    """The functions that look at a cluster, each with the names of the specification it gives."""
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
    """Those of the little module above."""
    return list(guards_of(MODULE, frozenset({"Chosen", "AskAgain"})))


def test_texts_that_agree_pass() -> None:
    """Or every change below would be found for want of sense."""
    functions = list(functions_of(SOURCE))
    assert missing_functions(actions_of(MODULE), functions) == []
    assert unknown_names(functions, definitions_of(MODULE)) == []
    assert differences_in_guards(guards(), functions, ()) == []
    assert records_of(MODULE) == {"Ask": {"from", "to", "term"}}


def test_an_action_without_its_function_is_named() -> None:
    """Another name of the function, or none of the action in its docstring, is as good as none."""
    for was, becomes in (("def ask_again", "def ask"), ("Spec: AskAgain.", "")):
        functions = list(functions_of(SOURCE.replace(was, becomes)))
        [found] = missing_functions({"AskAgain"}, functions)
        assert found.startswith("AskAgain: no function ask_again")


def test_a_reference_to_nothing_is_named() -> None:
    """An action that was renamed leaves its old name behind in the core."""
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
def test_a_guard_that_only_one_side_has_is_named(was: str, becomes: str, complaint: str) -> None:
    """One that was left out, one in other words, one of an action that is not named."""
    functions = functions_of(SOURCE.replace(was, becomes))
    assert complaint in differences_in_guards(guards(), functions, ())


def test_guards_in_another_order_are_named() -> None:
    """Whichever side has turned them round."""
    [term, role] = ("# Spec: term[m] > 0", '# Spec: role[m] = "leader"')
    turned = SOURCE.replace(role, "?").replace(term, role).replace("?", term)
    assert differences_in_guards(guards(), functions_of(turned), ()) == [
        "ask_again: not in the order of AskAgain"
    ]


def test_a_guard_that_is_needlessly_excused_is_named() -> None:
    """The list of those that the core need not quote has none that it quotes."""
    found = differences_in_guards(guards(), functions_of(SOURCE), {("AskAgain", "term[m] > 0")})
    assert found == ["AskAgain: term[m] > 0: listed as held elsewhere, and is not"]


@pytest.mark.parametrize(
    "source",
    ["# Spec: x > 0\nX = 1\n", 'def act():\n    """Act."""\n    # Spec: x > 0\n\n    return 1\n'],
)
def test_a_quotation_above_no_code_is_refused(source: str) -> None:
    """The line that it spoke of is gone."""
    with pytest.raises(ValueError, match=r"quotation stands outside|no line of code below"):
        list(functions_of(source))


def test_the_fields_of_a_record_are_read_to_its_end() -> None:
    """Over brackets and lines."""
    text = '[kind |-> "Ask", from |-> m, term |-> term[m] + 1,\n   stamp |-> stamp[m], to |-> v]'
    assert records_of(text) == {"Ask": {"from", "term", "stamp", "to"}}


def test_names_on_one_side_are_named_with_it() -> None:
    """Whichever it is: a message, a claim, a rule."""
    assert one_sided("here", {"a", "b"}, "there", {"b", "c"}) == [
        "a: in here, not in there",
        "c: in there, not in here",
    ]


def test_a_recipe_is_read_to_the_next_title() -> None:
    """The first backticked path of each of its steps counts, and nothing of another recipe."""
    text = (
        "## One\n\n1. `a.py`: as `b.py` is.\n2. Then `c/d.tla`.\n\n## Another\n\n1. `e.py`: no.\n"
    )
    assert recipe_of(text, "One") == {"a.py", "c/d.tla"}
