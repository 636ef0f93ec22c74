"""The actor that takes part in an election, and what its author writes."""
