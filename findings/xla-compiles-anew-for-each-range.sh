#!/usr/bin/env bash
# TensorFlow 2.21.0: in a tf.function(jit_compile=True), `for step in tf.range(count)` makes `count`
# a compile-time constant, although it comes in as a tensor, the loop's shapes do not depend on it,
# and the function is traced once. XLA silently compiles the whole body anew for every new value;
# the tracing counter stays at 1 and no warning comes, for retracing is all that these watch. A
# training loop of some seconds' compilation, called for one stretch of steps after another, spent
# two thirds of its time in the compiler. The same loop with a counter, `while step < count`,
# compiles once and gives the same numbers. XLA_FLAGS=--xla_dump_to shows one file for each
# compilation. Exits 0 as long as this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tensorflow==2.21.0
export TF_CPP_MIN_LOG_LEVEL=2 XLA_FLAGS="--xla_dump_to=$folder/dump"
# A file, for AutoGraph reads the source.
cat > "$folder/lengths.py" <<'PYTHON'
import sys
from pathlib import Path

import tensorflow as tf


@tf.function(jit_compile=True)
def over_range(x, count):
    for _ in tf.range(count):
        x = tf.tanh(x)
    return x


@tf.function(jit_compile=True)
def with_counter(x, count):
    step = 0
    while step < count:
        x = tf.tanh(x)
        step += 1
    return x


x = tf.ones(8)
for count in (10, 20, 30, 40, 50, 10):
    results = [function(x, tf.constant(count)) for function in (over_range, with_counter)]
    assert bool(tf.reduce_all(results[0] == results[1]))
print("TensorFlow", tf.__version__)
compiled = {}
for function, name in ((over_range, "over_range"), (with_counter, "with_counter")):
    files = Path(sys.argv[1]).glob(f"*{name}*before_optimizations.txt")
    compiled[name] = len(list(files))
    traced = function.experimental_get_tracing_count()
    print(f"{name}: five lengths, traced {traced} time, compiled {compiled[name]} times")
    assert traced == 1
assert compiled == {"over_range": 5, "with_counter": 1}, "otherwise now"
PYTHON
"$folder/venv/bin/python" "$folder/lengths.py" "$folder/dump"
