"""What happens to frames on one way of a simulated network; leaves the ways to the network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """One direction of a way: a range of delay in seconds, and probabilities for each frame."""

    delay: tuple[float, float] = (0.0001, 0.0001)
    loss: float = 0.0
    duplication: float = 0.0
    reordering: float = 0.0

    def __post_init__(self) -> None:
        shortest, longest = self.delay
        if not 0 <= shortest <= longest:
            raise ValueError(f"delay must be a range of seconds from 0 up, not {self.delay!r}")
        for name in ("loss", "duplication", "reordering"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be between 0 and 1, not {getattr(self, name)!r}")
