"""Shows that every guard is needed: the claim that is violated if the guard is removed.

The guards are read from the specification, and the table pins one row for each of them.
"""
