"""Functions in LLVM's language that spelled operations call, and its numbers."""

import struct

PREFIX = "xlsgd_"
"""Stands before a C function's name, so that LLVM takes it for no function that it knows and may replace."""


def bits(value: float) -> str:
    """Return a double as LLVM spells it exactly.

    >>> bits(1.0)
    '0x3FF0000000000000'
    """
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def each_lane(name: str, operands: int, lanes: int) -> str:
    """Return a function that applies a C function of plain doubles to each element."""
    vector, letters = f"<{lanes} x double>", "xy"[:operands]
    lines = [f"define internal {vector} @each_{name}({', '.join(f'{vector} %{x}' for x in letters)}) noinline {{"]
    last = "poison"
    for i in range(lanes):
        lines += [f"  %{x}{i} = extractelement {vector} %{x}, i32 {i}" for x in letters]
        lines += [
            f"  %f{i} = call double @{PREFIX}{name}({', '.join(f'double %{x}{i}' for x in letters)})",
            f"  %v{i} = insertelement {vector} {last}, double %f{i}, i32 {i}",
        ]
        last = f"%v{i}"
    return "\n".join((*lines, f"  ret {vector} {last}", "}"))


def squares_of(lanes: int) -> str:
    """Return a function that puts `pow(x, 2)` in place of some squares of a vector."""
    vector = f"<{lanes} x double>"
    return f"""\
declare double @llvm.fabs.f64(double)
declare i64 @llvm.cttz.i64(i64, i1)
define internal {vector} @square({vector} %x, {vector} %square, <{lanes} x i1> %where) noinline {{
begin:
  %xs = alloca {vector}
  %squares = alloca {vector}
  store {vector} %x, ptr %xs
  store {vector} %square, ptr %squares
  %bits = bitcast <{lanes} x i1> %where to i{lanes}
  %all = zext i{lanes} %bits to i64
  br label %next
next:
  %left = phi i64 [ %all, %begin ], [ %rest, %next ]
  %i = call i64 @llvm.cttz.i64(i64 %left, i1 true)
  %at = getelementptr double, ptr %xs, i64 %i
  %one = load double, ptr %at
  %size = call double @llvm.fabs.f64(double %one)
  %power = call double @{PREFIX}pow(double %size, double 2.0)
  %to = getelementptr double, ptr %squares, i64 %i
  store double %power, ptr %to
  %less = sub i64 %left, 1
  %rest = and i64 %left, %less
  %more = icmp ne i64 %rest, 0
  br i1 %more, label %next, label %end
end:
  %mended = load {vector}, ptr %squares
  ret {vector} %mended
}}"""
