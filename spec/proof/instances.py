"""The instances in which the proof's actions are compared with TLC's."""

from spec.comparison.instances import load
from spec.models import Tier

# The deep ones take a few minutes more.
THOROUGH = tuple(load("proof").values())
INSTANCES = tuple(instance for instance in THOROUGH if instance.tier is Tier.QUICK)
