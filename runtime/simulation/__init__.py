"""Virtual time and a simulated network: the same node code, reproducible from one seed."""

from runtime.simulation.conditions import Conditions
from runtime.simulation.network import SimulatedConnection, SimulatedNetwork, SimulatedTransport
from runtime.simulation.virtual_time import SimulatedClock, VirtualTimeLoop, run

__all__ = [
    "Conditions",
    "SimulatedClock",
    "SimulatedConnection",
    "SimulatedNetwork",
    "SimulatedTransport",
    "VirtualTimeLoop",
    "run",
]
