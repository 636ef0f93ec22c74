"""Virtual time and a simulated network: the same node, in runs that one seed reproduces.

These are the names that other folders may use.
"""

from runtime.simulation.conditions import Conditions
from runtime.simulation.connection import SimulatedConnection
from runtime.simulation.network import SimulatedNetwork, SimulatedTransport
from runtime.simulation.virtual_time import (
    WALL_MILLISECONDS,
    Deadlock,
    SimulatedClock,
    VirtualTimeLoop,
    run,
    virtual_nanoseconds,
)

__all__ = [
    "Conditions",
    "Deadlock",
    "SimulatedClock",
    "SimulatedConnection",
    "SimulatedNetwork",
    "SimulatedTransport",
    "VirtualTimeLoop",
    "WALL_MILLISECONDS",
    "run",
    "virtual_nanoseconds",
]
