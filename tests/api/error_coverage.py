#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which errors that the manuals name for a function do the tests of the APIs provoke?

  error_coverage.py --build build/release               runs the tests with a trace and reads it
  error_coverage.py --build build/release --log FILE    reads a trace that is there already
  error_coverage.py ... --write docs/coverage/errors.md

The trace is what ANYWARP_TRACE=api writes: one line a call with its result. The errors of each
function are in misuse/*_documented.txt; errors/cannot_occur.txt has those that no call can give here,
with the reason. Ends with 1 when a pair is open, when a line of cannot_occur.txt names nothing or when a
pair that it names was seen.
"""
import argparse
import collections
import fnmatch
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
APIS = {"cuda": "driver", "cudart": "runtime"}
SUCCESS = {"CUDA_SUCCESS", "cudaSuccess"}
# What the headers of CUDA 12 and later call another name.
RENAMED = {"cuGraphInstantiateWithFlags": "cuGraphInstantiate"}
LINE = re.compile(r"anywarp: api: (\w+)\(.*\) -> (\w+)")


def functions_of_symbols(api, tblgen):
    sys.path.insert(0, os.path.join(ROOT, "tools/gen"))
    from api_gen import model
    top = os.path.join(ROOT, "headers/api")
    lib = model.load(tblgen, top, os.path.join(top, api, api + ".td"))
    return {s.name: RENAMED.get(s.function.name, s.function.name) for s in lib.symbols()}


def run_tests(build, log):
    env = dict(os.environ, ANYWARP_TRACE="api", ANYWARP_LOG_FILE=log)
    # Stress calls what others call, millions of times.
    command = ["ctest", "--test-dir", build, "-L", "api", "-E", "stress", "--timeout", "900"]
    return subprocess.run(command, env=env).returncode == 0


def read_trace(path, function_of):
    seen = collections.defaultdict(set)
    with open(path, encoding="utf-8", errors="replace") as f:
        for text in f:
            match = LINE.match(text) if text.startswith("anywarp: api: ") else None
            if match:
                seen[function_of.get(match[1], match[1])].add(match[2])
    return seen


def read_documented(api):
    with open(os.path.join(HERE, "misuse", api + "_documented.txt"), encoding="utf-8") as f:
        rows = [line.split("#")[0].split() for line in f]
    return {row[0]: row[1:] for row in rows if row}


def read_impossible(path):
    """[(function patterns, error patterns, reason)], one a line; the reason is the comment above."""
    rules, reason, fresh = [], "", True
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                reason = line[1:].strip() if fresh else reason + " " + line[1:].strip()
                fresh = False
            elif line.strip():
                functions, errors = line.split(":")
                rules.append((tuple(functions.split()), tuple(errors.split()), reason))
                fresh = True
            else:
                fresh = True
    return rules


def report(name, documented, seen, rules, used):
    """One line of totals, and what is open; used: words of the rules that name a pair."""

    def excuses(f, e):
        return [w for functions, errors, _ in rules for p in functions for q in errors for w in (p, q)
                if fnmatch.fnmatchcase(f, p) and fnmatch.fnmatchcase(e, q)]

    pairs = [(f, e) for f, errors in documented.items() for e in errors]
    provoked = {(f, e) for f, e in pairs if e in seen.get(f, ())}
    excused, open_pairs, wrong = set(), [], []
    for f, e in pairs:
        fits = excuses(f, e)
        used.update(fits)
        if (f, e) in provoked:
            wrong += [f"{f}: {e} was seen, but stands in cannot_occur.txt"] if fits else []
        elif fits:
            excused.add((f, e))
        else:
            open_pairs.append((f, e))
    silent = []
    for f in documented:
        fits = excuses(f, "success")
        used.update(fits)
        if not fits and not SUCCESS & seen.get(f, set()):
            silent.append(f)
    row = (name, len(documented), len(pairs), len(provoked), len(excused), len(open_pairs))
    lines = [f"{f}: {e}" for f, e in open_pairs] + wrong + [f"{f}: never succeeds" for f in silent]
    return row, lines


def page(rows, rules):
    reasons = list(dict.fromkeys(r for _, _, r in rules))
    table = [f"| {name} | {functions} | {pairs} | {seen} | {excused} | {left} |"
             for name, functions, pairs, seen, excused, left in rows]
    return "\n".join([
        "# Documented errors", "",
        "Made by `tests/api/error_coverage.py --build build/release --write docs/coverage/errors.md`; do not edit.", "",
        "For each function the manuals name errors that it may return. A pair of function and error is *provoked* when a",
        "test makes the function return it. It *cannot occur* for the reasons below; `tests/api/errors/cannot_occur.txt` says",
        "which pairs each of them is for.", "",
        "| API | functions | pairs | provoked | cannot occur | open |", "|---|---|---|---|---|---|", *table, "",
        *[f"- {reason}" for reason in reasons], ""])


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--build", default=os.path.join(ROOT, "build/release"))
    a.add_argument("--log", help="a trace; none: the tests run now")
    a.add_argument("--tblgen", default="llvm-tblgen-19")
    a.add_argument("--write", help="the page with the totals")
    o = a.parse_args()
    log, failed = o.log, False
    if not log:
        log = os.path.join(tempfile.mkdtemp(), "trace")
        failed = not run_tests(o.build, log)
    rules = read_impossible(os.path.join(HERE, "errors/cannot_occur.txt"))
    used, rows, lines = set(), [], []
    for api, name in APIS.items():
        seen = read_trace(log, functions_of_symbols(api, o.tblgen))
        row, more = report(name, read_documented(api), seen, rules, used)
        rows.append(row)
        lines += more
    lines += [f"cannot_occur.txt: {w} names no pair" for functions, errors, _ in rules
              for w in functions + errors if w not in used]
    print("\n".join(lines))
    for name, functions, pairs, seen, excused, left in rows:
        print(f"{name}: {functions} functions, {pairs} pairs: {seen} provoked, {excused} cannot occur, {left} open")
    if o.write:
        with open(o.write, "w", encoding="utf-8") as f:
            f.write(page(rows, rules))
    return 1 if lines or failed else 0


if __name__ == "__main__":
    sys.exit(main())
