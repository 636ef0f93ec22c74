"""One member of one election, on a clock, a network and a record."""
