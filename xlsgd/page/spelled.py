"""A training sheet as JavaScript: its rows, its passes, its buttons, and what stands outside the rows.

Everything is spelled from the record of the row and from the sheet pressed on symbols; nothing here knows a rule.
"""

from collections.abc import Iterable, Mapping, Sequence

from xlsgd.page.pressed import N, Pressed, SymbolicSheet
from xlsgd.sheets.record import record
from xlsgd.sheets.training import Training
from xlsgd.symbols.expression import Expression, as_expression, replaced, symbol
from xlsgd.symbols.to_javascript import (
    Lines,
    check_spellable,
    may_fail,
    on_floats,
    operations_of,
    text_literal,
)

FOLD = """\
fold(points, from, to, v, k, sums, last) {{
  {take}
  {before}
  let check = sums[0]{failing_before};
  for (let r = from; r < to; r++) {{
    {point}
    {inside}
    check += {check};
    {sum}
    {last}
    {next}
  }}
  sums[0] = check;
  {give}
}}"""
"""Some rows on floats, which leaves the states in `v`, sums in `sums`, and the last row's parameters in `last`.

`sums[0]` is finite only if everything was that Python would have raised on, and all states and sums.
"""

ROW = """\
row(p, v, k) {{
  {take}
  {operations}
  return {{ values: [{values}], after: [{after}], summed: [{summed}], last: [{last}], checks: [{checks}] }};
}}"""
"""One row on floats; if a number of it is not finite, it is to be computed as cells."""

ROW_OF_CELLS = """\
rowOfCells(p, v, k) {{
  {take}
  {operations}
  return {{ values: [{values}], after: [{after}], summed: [{summed}], last: [{last}] }};
}}"""
"""The same row on a spreadsheet's numbers."""

LOSSES = """\
losses(points, from, to, v, k) {{
  {take}
  {before}
  let total = 0;
  for (let r = from; r < to; r++) {{
    {point}
    {inside}
    total += {loss};
  }}
  return total;
}}"""
"""The sum of what rows lose with the states that they are given, all from the same ones."""


def spelled_training(training: Training, sheet: SymbolicSheet, shown: Iterable[Expression]) -> str:
    """Return the functions of a training sheet.

    Args:
        training: the sheet.
        sheet: the same, pressed on symbols.
        shown: the values of the cells outside of the rows, as `sheet` gives them just after one pass.

    Raises:
        NoFormula: JavaScript cannot say an operation.
    """
    traced, shown = record(training.key), list(shown)
    check_spellable([*traced.values.values(), *traced.after.values(), traced.loss])
    reset, step = (sheet.pressed(actions) for actions in (training.buttons.reset, training.buttons.step))
    for pressed in (reset, step):
        check_spellable([*pressed.inputs, *(value for each in pressed.passes for value in each.states)])
    parts = [_fold(training), _row(training), _row_of_cells(training), _losses(training)]
    parts += [_button("reset", sheet, reset), _button("step", sheet, step), _shown(sheet, shown), _loss_of(training)]
    return "{\n" + ",\n".join(parts) + "\n}"


def _lines(statements: Iterable[str], indent: int = 2) -> str:
    return f"\n{' ' * indent}".join(statements)


def _leaves(training: Training) -> dict[Expression, str]:
    return record(training.key).leaves()


def _take(training: Training, *arrays: str) -> list[str]:
    """Return the statements that take values out of arrays: `p` of a point, `v` the states, `k` the knobs."""
    names = _leaves(training).values()
    return [
        f"{'let' if array == 'v' else 'const'} [{', '.join(n for n in names if n[0] == array)}] = {array};"
        for array in arrays
    ]


def _fold(training: Training) -> str:
    traced, leaves = record(training.key), _leaves(training)
    operations = operations_of(leaves, (leaves[knob] for knob in traced.knobs))
    after = operations.names(traced.after.values())
    summed, last = operations.names(traced.summed.values()), operations.names(traced.last)
    failing = may_fail(operations.inside)
    states = [f"v{i}" for i, _ in enumerate(after)]
    take = [*_take(training, "v", "k"), _columns(training)]
    take += [f"let sum{i} = sums[{2 * i + 1}], squares{i} = sums[{2 * i + 2}];" for i, _ in enumerate(summed)]
    take += [f"let last{i} = last[{i}];" for i, _ in enumerate(last)]
    give = [f"v[{i}] = {name};" for i, name in enumerate(states)]
    give += [f"sums[{2 * i + 1}] = sum{i}; sums[{2 * i + 2}] = squares{i};" for i, _ in enumerate(summed)]
    give += [f"last[{i}] = last{i};" for i, _ in enumerate(last)]
    return FOLD.format(
        take=_lines(take),
        before=_lines(map(on_floats, operations.before)),
        failing_before="".join(f" + {name}" for name in may_fail(operations.before)),
        point=_point(training),
        inside=_lines(map(on_floats, operations.inside), 4),
        check=" + ".join([*after, *summed, *failing]),
        sum=" ".join(f"sum{i} += {name}; squares{i} += {name} * {name};" for i, name in enumerate(summed)),
        last=" ".join(f"last{i} = {name};" for i, name in enumerate(last)),
        next=f"{{ {' '.join(_assigned(states, after))} }}",
        give=_lines(give),
    )


def _assigned(names: Sequence[str], values: Sequence[str]) -> list[str]:
    """Return the statements that assign all values at once: none is read after it was overwritten."""
    held = [f"const n{i} = {value};" for i, value in enumerate(values)]
    return held + [f"{name} = n{i};" for i, name in enumerate(names)]


def _columns(training: Training) -> str:
    return f"const [{', '.join(f'c{i}' for i, _ in enumerate(training.point))}] = points;"


def _point(training: Training) -> str:
    return f"const {', '.join(f'p{i} = c{i}[r]' for i, _ in enumerate(training.point))};"


def _row(training: Training) -> str:
    operations = operations_of(_leaves(training))
    parts = {name: operations.names(values) for name, values in _of_a_row(training).items()}
    done = [*operations.before, *operations.inside]
    checks = [*parts["values"], *parts["after"], *may_fail(done)]
    return ROW.format(
        take=_lines(_take(training, "p", "v", "k")),
        operations=_lines(map(on_floats, done)),
        checks=", ".join(dict.fromkeys(checks)),
        **{name: ", ".join(names) for name, names in parts.items()},
    )


def _row_of_cells(training: Training) -> str:
    lines = Lines(_leaves(training))
    parts = {name: ", ".join(lines.names(values)) for name, values in _of_a_row(training).items()}
    take = _lines(_take(training, "p", "v", "k"))
    return ROW_OF_CELLS.format(take=take, operations=_lines(lines.statements), **parts)


def _of_a_row(training: Training) -> dict[str, tuple[Expression, ...]]:
    traced = record(training.key)
    return {
        "values": tuple(traced.values.values()),
        "after": tuple(traced.after.values()),
        "summed": tuple(traced.summed.values()),
        "last": traced.last,
    }


def _losses(training: Training) -> str:
    traced, leaves = record(training.key), _leaves(training)
    fixed = [leaves[value] for value in (*traced.knobs, *map(symbol, traced.after))]
    operations = operations_of(leaves, fixed)
    (loss,) = operations.names([traced.loss])
    return LOSSES.format(
        take=_lines([*_take(training, "v", "k"), _columns(training)]),
        before=_lines(map(on_floats, operations.before)),
        point=_point(training),
        inside=_lines(map(on_floats, operations.inside), 4),
        loss=loss,
    )


def _button(name: str, sheet: SymbolicSheet, pressed: Pressed) -> str:
    """Return a button as a generator that asks for its passes and gives all inputs and what is listed."""
    leaves = sheet.leaves
    for each in pressed.passes:
        leaves |= each.leaves
    lines = Lines(leaves)
    for index, each in enumerate(pressed.passes):
        states, knobs = (", ".join(lines.names(values)) for values in (each.states, each.knobs))
        lines.statements.append(f"const q{index} = yield* pass([{states}], [{knobs}]);")
    inputs = ", ".join(lines.names(pressed.inputs))
    appended = _object({key: f"[{', '.join(lines.names(values))}]" for key, values in pressed.appended.items()})
    cleared = ", ".join(map(text_literal, pressed.cleared))
    body = _lines([*lines.statements, f"return {{ inputs: [{inputs}], appended: {appended}, cleared: [{cleared}] }};"])
    return f"*{name}(i, n, pass) {{\n  {body}\n}}"


def _shown(sheet: SymbolicSheet, shown: Sequence[Expression]) -> str:
    """Return what gives the cells outside of the rows, the loss, and what the first row starts from."""
    sheet.untouched()
    loss = sheet.recalculated().loss
    (only,) = sheet.passes
    lines = Lines(sheet.leaves | dict(only.leaves))
    values, (total,) = lines.names(shown), lines.names([loss])
    start = Lines(sheet.leaves)
    states, knobs = (", ".join(start.names(each)) for each in (only.states, only.knobs))
    body = _lines([*lines.statements, f"return {{ cells: [{', '.join(values)}], loss: {total} }};"])
    begin = _lines([*start.statements, f"return {{ states: [{states}], knobs: [{knobs}] }};"])
    return f"shown(i, n, q0) {{\n  {body}\n}},\nstart(i, n) {{\n  {begin}\n}}"


def _loss_of(training: Training) -> str:
    """Return what gives the loss of an epoch from the sum of its rows' losses."""
    column, total = symbol("losses"), symbol("total")
    known = {Expression("total", column): total, Expression("count", column): N}
    lines = Lines({total: "total", N: "n"})
    (loss,) = lines.names([replaced(as_expression(training.epoch_loss(column)), known)])
    return f"lossOf(total, n) {{\n  {_lines([*lines.statements, f'return {loss};'])}\n}}"


def _object(fields: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{text_literal(name)}: {value}" for name, value in fields.items()) + " }"
