"""Every guard of every action is needed: what TLC finds when it is removed.

Knows nothing of what the guards say. The idea: the table is pinned, the guards are read from the
specification itself, and neither may have a row that the other lacks.
"""
