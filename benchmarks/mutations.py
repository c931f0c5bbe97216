"""The small changes that a mutant is made of: one to a module's syntax tree, as a slip of the hand would be."""

import ast
import copy
from typing import NamedTuple

OTHER_OPERATION = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
UNTOUCHED = (ast.Raise, ast.Assert, ast.Import, ast.ImportFrom)
"""Messages, and what mypy is told."""

SYMMETRIC = ("max", "min", "if_equal")
"""What gives the same of its arguments in any order."""


class Mutation(NamedTuple):
    """A change to a module.

    Args:
        line: where, counted from 1.
        change: what, as source before and after.
        source: the whole module with it.
    """

    line: int
    change: str
    source: str


def mutations(source: str) -> list[Mutation]:
    """Return every mutation of a module's source, in the order of its lines."""
    tree = ast.parse(source)
    found = [
        (node, changed)
        for node in _touched(tree)
        for changed in (*_operations(node), *_constants(node), *_conditions(node), *_exchanges(node), *_signs(node))
    ]
    made = [_applied(tree, node, changed) for node, changed in found]
    return sorted(made, key=lambda mutation: mutation.line)


def _touched(tree):
    """Yield the nodes that are run: no annotation, no docstring, no message, no `strict=True`."""
    for child in ast.iter_child_nodes(tree):
        is_type_checking = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
        is_docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        is_strict = isinstance(child, ast.keyword) and child.arg == "strict"
        is_annotation = any(child is getattr(tree, field, None) for field in ("annotation", "returns"))
        is_any_of = isinstance(child, ast.Tuple) and _asks_whether_it_is_among(tree)
        is_alias = isinstance(tree, ast.Module) and isinstance(child, ast.Assign) and not _named(child).isupper()
        is_format = isinstance(tree, ast.FormattedValue) and child is tree.format_spec
        if isinstance(child, UNTOUCHED) or any(
            (is_type_checking, is_docstring, is_strict, is_annotation, is_alias, is_format)
        ):
            continue
        if is_any_of:
            yield from child.elts
            continue
        yield child
        yield from _touched(child)


def _asks_whether_it_is_among(node):
    """Tell whether the order of a tuple in it says nothing: that of `isinstance` or of `in`."""
    is_in = isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn))
    return is_in or (isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance")


def _named(assignment):
    return ast.unparse(assignment.targets[0])


def _operations(node):
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        for other in OTHER_OPERATION.get(type(node.op), ()):
            yield _with(node, op=other())
    if isinstance(node, ast.AugAssign) and type(node.op) in OTHER_OPERATION:
        yield _with(node, op=OTHER_OPERATION[type(node.op)][0]())
    if isinstance(node, ast.Compare):
        for other in OTHER_OPERATION[type(node.ops[0])]:
            yield _with(node, ops=[other(), *node.ops[1:]])


def _constants(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _with(node, value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield _with(node, value=node.value + 1)
        if node.value:
            yield _with(node, value=node.value - 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield _with(node, value=node.value * 1.5 if node.value else 1.0)


def _conditions(node):
    if isinstance(node, (ast.If, ast.IfExp, ast.While)):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.comprehension) and node.ifs:
        yield _with(node, ifs=node.ifs[1:])


def _exchanges(node):
    """Exchange the first two arguments of a call, or the two elements of a pair that is read."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in SYMMETRIC:
        return
    if isinstance(node, ast.Call) and len(node.args) > 1 and not isinstance(node.args[1], ast.Starred):
        first, second, *rest = node.args
        if ast.dump(first) != ast.dump(second) and not isinstance(first, ast.Starred):
            yield _with(node, args=[second, first, *rest])
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load) and len(node.elts) == 2:
        yield _with(node, elts=node.elts[::-1])


def _signs(node):
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield node.operand


def _with(node, **fields):
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _applied(tree, node, changed):
    source = ast.unparse(ast.fix_missing_locations(_Replacing(node, changed).visit(tree)))
    return Mutation(_line(node), f"{_shown(node)}  ->  {_shown(changed)}", source)


def _line(node):
    """The line of a node, or of what is first inside one that has none of its own."""
    return next(inner.lineno for inner in ast.walk(node) if hasattr(inner, "lineno"))


def _shown(node):
    text = ast.unparse(ast.fix_missing_locations(node)).strip().splitlines()[0]
    return text if len(text) <= 70 else f"{text[:69]}…"


class _Replacing:
    """Returns a tree with one node replaced, sharing all that does not hold it."""

    def __init__(self, node, changed):
        self.node, self.changed = node, changed

    def visit(self, tree):
        if tree is self.node:
            return self.changed
        if isinstance(tree, list):
            made = [self.visit(each) for each in tree]
            return made if any(a is not b for a, b in zip(made, tree, strict=True)) else tree
        if not isinstance(tree, ast.AST):
            return tree
        fields = {name: self.visit(value) for name, value in ast.iter_fields(tree)}
        changed = {name: value for name, value in fields.items() if value is not getattr(tree, name)}
        return _with(tree, **changed) if changed else tree
