"""The file of instances, as Python values."""

from spec.comparison.instance import ALL_MEMBERS, NO_MEMBER, members
from spec.comparison.instances import load
from spec.models import Tier


def test_load_reads_sets_of_members_pairs_and_tiers() -> None:
    """What is not stated has its default."""
    observer, apart = load("core")["observer"], load("core")["renewal-in-time"]
    assert (observer.patient, observer.observing) == (members("23"), members("3"))
    assert (observer.recorded, observer.crashing) == (ALL_MEMBERS, NO_MEMBER)
    assert (apart.apart, apart.tier) == ((members("23"),), Tier.DEEP)


def test_load_keeps_the_users_apart() -> None:
    """Each has instances of its own."""
    assert load("core").keys().isdisjoint(load("proof"))
