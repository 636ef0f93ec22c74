"""Options: what they mean in nanoseconds, and that every unusable value is refused."""

from typing import Any

import pytest

from leader import FileStorage, MemoryStorage, Options
from leader.protocol.timing import scaled_timing
from leader.protocol.vocabulary import Duration
from runtime import ProcessId

A, B = ProcessId("member", "a"), ProcessId("member", "b")
MILLISECOND = 1_000_000


def options(**changes: Any) -> Options:
    """Usable options; `changes` replace single ones."""
    return Options(**{"cluster_id": "shop", "bootstrap": [A, B]} | changes)


def test_options_have_the_documented_defaults() -> None:
    """150 to 300 ms for an election, 50 ms for a heartbeat, one percent of drift."""
    assert options().timing == scaled_timing(
        election_timeout_min=Duration(150 * MILLISECOND),
        election_timeout_max=Duration(300 * MILLISECOND),
        heartbeat_interval=Duration(50 * MILLISECOND),
        max_clock_drift=10_000,
    )
    assert not options().trust_disconnect


def test_options_turn_seconds_into_nanoseconds_and_round_a_drift_up() -> None:
    """A smaller drift than the caller allowed for would make leases too long."""
    timing = options(
        election_timeout_min=1,
        election_timeout_max=2.5,
        heartbeat_interval=0.1,
        max_clock_drift=0.000_000_1,
    ).timing
    assert (timing.promise, timing.election_timeout_max) == (10**9, 2_500 * MILLISECOND)
    assert (timing.heartbeat_interval, timing.max_clock_drift) == (100 * MILLISECOND, 1)


def test_options_accept_the_largest_drift() -> None:
    """A tenth, to the last millionth."""
    assert options(max_clock_drift=0.1).timing.max_clock_drift == 100_000


def test_membership_does_not_depend_on_the_order_of_the_list() -> None:
    """Two members that list the same names belong to one cluster."""
    ours, theirs = options(bootstrap=(B, A)).membership(), options().membership()
    assert ours == theirs
    assert ours.voters == ("member@a", "member@b")


def test_bootstrap_list_is_empty_by_default() -> None:
    """A member that lists no voter observes."""
    assert Options(cluster_id="shop") == options(bootstrap=())
    assert Options(cluster_id="shop").membership().voters == ()


def test_records_are_kept_in_memory_without_a_storage(tmp_path: Any) -> None:
    """And in the storage, if there is one."""
    storage = FileStorage(tmp_path)
    assert isinstance(options().storage_or_memory, MemoryStorage)
    assert options(storage=storage).storage_or_memory is storage


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"cluster_id": ""}, ValueError, ["cluster_id = ''", "must not be empty"]),
        ({"cluster_id": "\ud800"}, ValueError, ["cluster_id = '\\ud800'", "UTF-8"]),
        ({"cluster_id": 5}, TypeError, ["cluster_id = 5", "str"]),
        ({"cluster_id": None}, TypeError, ["cluster_id = None", "str"]),
        ({"bootstrap": "a@b"}, TypeError, ["bootstrap = 'a@b'", "a ProcessId", "'a' is not"]),
        ({"bootstrap": [A, "b"]}, TypeError, ["bootstrap = [ProcessId(", "'b' is not"]),
        ({"bootstrap": None}, TypeError, ["bootstrap = None", "sequence"]),
        (
            {"bootstrap": [A, B, A]},
            ValueError,
            ["bootstrap = ['member@a', 'member@b', 'member@a']", "each member once"],
        ),
        ({"storage": "/var/lib"}, TypeError, ["storage = '/var/lib'", "FileStorage"]),
        ({"storage": FileStorage}, TypeError, ["storage = <class", "FileStorage"]),
        ({"trust_disconnect": "no"}, TypeError, ["trust_disconnect = 'no'", "True or False"]),
        ({"trust_disconnect": None}, TypeError, ["trust_disconnect = None", "True or False"]),
        (
            {"trace": "trace.jsonl"},
            TypeError,
            ["trace = 'trace.jsonl'", "must be callable with a line"],
        ),
        ({"max_clock_drift": 0.100_000_1}, ValueError, ["max_clock_drift = 0.1000001"]),
        ({"max_clock_drift": 0.2}, ValueError, ["max_clock_drift = 0.2", "from 0 to 0.1"]),
        ({"max_clock_drift": -1e-9}, ValueError, ["max_clock_drift = -1e-09", "from 0 to 0.1"]),
        (
            {"election_timeout_min": 0.3},
            ValueError,
            ["election_timeout_max = 0.3 s", "more than election_timeout_min = 0.3 s"],
        ),
        (
            {"heartbeat_interval": 0.076},
            ValueError,
            ["heartbeat_interval = 0.076 s", "half of election_timeout_min = 0.15 s"],
        ),
        ({"heartbeat_interval": 0}, ValueError, ["heartbeat_interval = 0 s", "more than 0"]),
        ({"election_timeout_min": -1}, ValueError, ["election_timeout_min = -1 s", "more than 0"]),
    ],
)
def test_mistake_is_told_with_field_value_and_rule(
    changes: dict[str, Any], error: type[Exception], words: list[str]
) -> None:
    """If two fields do not fit together, both are named."""
    with pytest.raises(error) as caught:
        options(**changes)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "field",
    ["election_timeout_min", "election_timeout_max", "heartbeat_interval", "max_clock_drift"],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_number_must_be_finite(field: str, value: float) -> None:
    """The error names the field."""
    with pytest.raises(ValueError, match=f"{field} = {value}: must be a finite number"):
        options(**{field: value})


@pytest.mark.parametrize(
    "field",
    ["election_timeout_min", "election_timeout_max", "heartbeat_interval", "max_clock_drift"],
)
@pytest.mark.parametrize("value", [None, "0.15", True])
def test_number_must_be_a_number(field: str, value: object) -> None:
    """Nothing is converted: text in place of a number is most likely a mistake."""
    with pytest.raises(TypeError, match=f"{field} = {value!r}: must be a finite number"):
        options(**{field: value})
