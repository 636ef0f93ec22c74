"""A term of the solver as the text of a Python expression, which computes what the term says.

Knows the solver's terms, and no protocol. If every sort has a few values, a function is a dictionary, a
relation is a set of rows, and a quantifier is a loop. A name without a value is an error when it is used.
"""

import z3  # type: ignore[import-untyped]

from spec.proof.language import Expression, Sort

_BETWEEN = {
    z3.Z3_OP_AND: " and ",
    z3.Z3_OP_OR: " or ",
    z3.Z3_OP_EQ: " == ",
    z3.Z3_OP_DISTINCT: " != ",
    z3.Z3_OP_LE: " <= ",
    z3.Z3_OP_LT: " < ",
    z3.Z3_OP_GE: " >= ",
    z3.Z3_OP_GT: " > ",
    z3.Z3_OP_ADD: " + ",
    z3.Z3_OP_SUB: " - ",
}
_LAID_OUT = {
    z3.Z3_OP_TRUE: "True",
    z3.Z3_OP_FALSE: "False",
    z3.Z3_OP_NOT: "(not {0})",
    z3.Z3_OP_IMPLIES: "({1} if {0} else True)",
    z3.Z3_OP_ITE: "({1} if {0} else {2})",
}


def text_of(term: Expression, bound: tuple[str, ...] = ()) -> str:
    """The expression; `bound` are the names of the variables of the quantifiers around the term.

    Raises:
        ValueError: an operation of the solver has no counterpart here; the text names it.
    """
    if z3.is_quantifier(term):
        return _loop(term, bound)
    if z3.is_var(term):
        # The solver counts variables from the innermost.
        index: int = z3.get_var_index(term)
        return bound[-1 - index]
    if z3.is_int_value(term) or z3.is_rational_value(term):
        return str(term)
    return _applied(term, [text_of(child, bound) for child in term.children()])


def domain_of(sort: Sort) -> str:
    """The name under which the expressions expect all values of the sort."""
    return f"every_{sort.name().lower()}"


def _loop(term: Expression, bound: tuple[str, ...]) -> str:
    sorts = [term.var_sort(index) for index in range(term.num_vars())]
    names = tuple(f"x{len(bound) + index}" for index in range(len(sorts)))
    loops = [f"for {name} in {domain_of(sort)}" for name, sort in zip(names, sorts, strict=True)]
    decides = "all" if term.is_forall() else "any"
    return f"{decides}({text_of(term.body(), bound + names)} {' '.join(loops)})"


def _applied(term: Expression, arguments: list[str]) -> str:
    kind: int = term.decl().kind()
    name: str = term.decl().name()
    # Of three terms Python would compare only neighbours; of none there is nothing to join.
    if kind in _BETWEEN and arguments and (kind != z3.Z3_OP_DISTINCT or len(arguments) == 2):
        return f"({_BETWEEN[kind].join(arguments)})"
    if kind in _LAID_OUT:
        return _LAID_OUT[kind].format(*arguments)
    if kind == z3.Z3_OP_DT_CONSTRUCTOR:
        return repr(name)
    if kind != z3.Z3_OP_UNINTERPRETED:
        raise ValueError(f"term: {name} has no counterpart in Python")
    if arguments and z3.is_bool(term):
        return f"({tuple_text(arguments)} in {name})"
    return name + "".join(f"[{argument}]" for argument in arguments)


def tuple_text(items: list[str]) -> str:
    """The expression for a tuple of the items."""
    return f"({''.join(f'{item}, ' for item in items)})"
