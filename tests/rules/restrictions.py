"""What code of the core may not say: conventions of the house, found in the syntax tree."""

import ast
import sys

from conferral.rules import terms

TERMS = {name for name, value in vars(terms).items() if callable(value) and not name.startswith("_")} - {"Any"}
CLOCKS_AND_CHANCE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localdate",
    "time.time", "time.monotonic", "uuid.uuid4", "uuid4", "os.urandom", "Now", "localdate", "localtime",
}  # fmt: skip
_MODULES_OF_CHANCE = {"random", "secrets", "time", "uuid"}


def faults_of_body(function, chapter=frozenset()):
    """Whatever in a rule's body is no term on facts or constants, joined by | and &.

    A name given a value in the body may be used after it.
    """
    fact, named = function.args.args[0].arg, set()
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    faults = [] if isinstance(statements[-1], ast.Return) else ["ends without an answer"]
    for statement in statements:
        if not isinstance(statement, ast.Return | ast.Assign):
            faults.append(f"{type(statement).__name__} in a rule")
            continue
        faults += _faults(statement.value, fact, named)
        if isinstance(statement, ast.Assign):
            named |= {target.id for target in statement.targets}
    return faults


def _faults(node, fact, named):
    match node:
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd(), right=right):
            return _faults(left, fact, named) + _faults(right, fact, named)
        case ast.Call(func=ast.Name(id=term), args=args, keywords=[]) if term in TERMS:
            return [fault for arg in args for fault in _operand(arg, fact)]
        case ast.Name(id=name) if name in named:
            return []
    return [f"{ast.unparse(node)} is no term"]


def _operand(node, fact):
    match node:
        case ast.Attribute(value=ast.Name(id=name)) if name == fact:
            return []
        case ast.Constant():
            return []
    return [f"{ast.unparse(node)} is neither fact nor constant"]


def clocks_in(tree):
    """Each place at which a module reads a clock or a source of chance."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _tail(node.func) & CLOCKS_AND_CHANCE:
            found.append(ast.unparse(node.func))
    return found + [name for name in imports_of(tree) if name.partition(".")[0] in _MODULES_OF_CHANCE]


def _tail(function):
    """The called name, and with what it is called on: `timezone.now` of `django.utils.timezone.now`."""
    parts = ast.unparse(function).split(".")
    return {".".join(parts[-2:]), parts[0]} if len(parts) > 1 else {parts[0]}


def imports_of(tree):
    """The modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def imports_beyond_the_standard_library(tree):
    """Imports that the core may not have."""
    allowed = sys.stdlib_module_names | {"conferral"}
    roots = {name: name.split(".")[0] for name in imports_of(tree)}
    return [
        name
        for name, root in roots.items()
        if root not in allowed or (root == "conferral" and not name.startswith("conferral.rules"))
    ]
