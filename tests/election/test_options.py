"""Options: what they mean in nanoseconds, and that no unusable one gets past its constructor."""

import dataclasses
from typing import Any

import pytest

from leader import FileStorage, MemoryStorage, Options
from leader.protocol.timing import scaled_timing
from leader.protocol.vocabulary import Duration
from runtime import ProcessId

A, B = ProcessId("member", "a"), ProcessId("member", "b")
MILLISECOND = 1_000_000


def options(**changes: Any) -> Options:
    """Usable ones, but for the changes."""
    return Options(**{"cluster_id": "shop", "bootstrap": [A, B]} | changes)


def test_the_defaults_are_those_that_are_documented() -> None:
    """150 to 300 ms for an election, 50 ms for a heartbeat, one percent of drift."""
    assert options().timing == scaled_timing(
        election_timeout_min=Duration(150 * MILLISECOND),
        election_timeout_max=Duration(300 * MILLISECOND),
        heartbeat_interval=Duration(50 * MILLISECOND),
        max_clock_drift=10_000,
    )
    assert not options().trust_disconnect


def test_seconds_become_nanoseconds_and_a_drift_is_never_rounded_down() -> None:
    """A smaller drift than the caller allowed for would make leases longer than they may be."""
    timing = options(
        election_timeout_min=1,
        election_timeout_max=2.5,
        heartbeat_interval=0.1,
        max_clock_drift=0.000_000_1,
    ).timing
    assert (timing.promise, timing.election_timeout_max) == (10**9, 2_500 * MILLISECOND)
    assert (timing.heartbeat_interval, timing.max_clock_drift) == (100 * MILLISECOND, 1)


def test_the_largest_drift_is_accepted() -> None:
    """A tenth, to the last millionth."""
    assert options(max_clock_drift=0.1).timing.max_clock_drift == 100_000


def test_the_membership_does_not_depend_on_the_order_of_the_list() -> None:
    """Two members that list the same names are of one cluster."""
    ours, theirs = options(bootstrap=(B, A)).membership(), options().membership()
    assert ours == theirs
    assert ours.voters == ("member@a", "member@b")


def test_an_empty_bootstrap_list_is_the_default_and_names_no_voter() -> None:
    """Whoever lists nobody observes."""
    assert Options(cluster_id="shop") == options(bootstrap=())
    assert Options(cluster_id="shop").membership().voters == ()


def test_without_a_storage_records_are_kept_in_memory(tmp_path: Any) -> None:
    """And with one, in that."""
    storage = FileStorage(tmp_path)
    assert isinstance(options().storage_or_memory, MemoryStorage)
    assert options(storage=storage).storage_or_memory is storage


def test_options_are_a_value() -> None:
    """Equal by what was given, never changed, and shown without what follows from it."""
    assert options() == options()
    assert "timing" not in repr(options())
    with pytest.raises(dataclasses.FrozenInstanceError):
        options().cluster_id = "bank"  # type: ignore[misc]


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
def test_a_mistake_is_told_with_field_value_and_rule(
    changes: dict[str, Any], error: type[Exception], words: list[str]
) -> None:
    """Where two fields do not fit together, both are named."""
    with pytest.raises(error) as caught:
        options(**changes)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    "field",
    ["election_timeout_min", "election_timeout_max", "heartbeat_interval", "max_clock_drift"],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_must_be_finite(field: str, value: float) -> None:
    """The error names it."""
    with pytest.raises(ValueError, match=f"{field} = {value}: must be a finite number"):
        options(**{field: value})


@pytest.mark.parametrize(
    "field",
    ["election_timeout_min", "election_timeout_max", "heartbeat_interval", "max_clock_drift"],
)
@pytest.mark.parametrize("value", [None, "0.15", True])
def test_a_number_must_be_a_number(field: str, value: object) -> None:
    """Nothing is converted: what is given as something else is most likely something else."""
    with pytest.raises(TypeError, match=f"{field} = {value!r}: must be a finite number"):
        options(**{field: value})
