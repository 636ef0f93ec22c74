"""`Host`, the node as a process sees it, against `Node`, its implementation."""

import inspect

import runtime


def test_host_and_node_agree_on_every_method() -> None:
    """A process is promised the same parameters, defaults and results that `Node` has."""
    promised = {
        name: member
        for name, member in vars(runtime.Host).items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
    }
    assert {"send", "call", "spawn", "register_endpoint", "clock"} <= promised.keys()
    for name, member in promised.items():
        kept = getattr(runtime.Node, name)
        if isinstance(member, property):
            assert isinstance(kept, property), name
        else:
            assert inspect.signature(member).parameters == inspect.signature(kept).parameters, name
