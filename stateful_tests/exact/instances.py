"""The instances in which the core is compared with the specification."""

from typing import Final

from spec.comparison.instance import Instance
from spec.comparison.instances import load
from spec.models import Tier

INSTANCES: Final = load("core")


def selected(tier: Tier, *, only: bool = False) -> list[Instance]:
    """The instances of ``tier``; unless ``only`` is true, also those of the tiers before it."""
    return [
        instance
        for instance in INSTANCES.values()
        if tier.includes(instance.tier) and (instance.tier is tier or not only)
    ]
