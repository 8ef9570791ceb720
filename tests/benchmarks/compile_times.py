#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long kernels take to compile when nothing is in the cache: median, 95th percentile, slowest, and in which stages.

    tests/benchmarks/compile_times.py [--build build/release] [--rounds 3] [--tier auto] [--json FILE] [FILE...]

Compiles every kernel of each FILE (executable, library, fatbin or PTX; default: the samples and the CUDA benchmarks of
the build tree) with `anywarp cache warm` into an empty cache, one kernel at a time, `rounds` times; the fastest of a
kernel's rounds counts. Times are processor time of the compiling thread by stage, as the runtime logs them (ANYWARP_LOG=debug), so that other
programs on the machine hardly count; "wall" is the whole compilation as ANYWARP_TRACE=jit has it.
"""
import argparse
import glob
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

TOTAL = re.compile(r"jit: compiled (\S+) for block shape \d+ in ([0-9.]+) ms, (\d+) bytes")
STAGES = re.compile(r"debug: compiled (\S+):((?: [a-z]+ [0-9.]+ ms)+)")


def compileAll(build, path, tier):
    """{kernel: {ms, bytes, stages}}, and a problem or None."""
    # With --tier auto the compile process may be keeping code while the folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = os.path.join(folder, "log")
        environment = dict(os.environ, ANYWARP_CACHE_DIR=os.path.join(folder, "cache"), ANYWARP_TRACE="jit", ANYWARP_TIER=tier,
                           ANYWARP_LOG="debug", ANYWARP_LOG_FILE=log)
        result = subprocess.run([os.path.join(build, "bin", "anywarp"), "cache", "warm", path], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        text = ""
        if os.path.exists(log):
            with open(log, encoding="utf-8", errors="replace") as lines:
                text = lines.read()
    kernels = {m[1]: {"ms": float(m[2]), "bytes": int(m[3]), "stages": {}} for m in TOTAL.finditer(text)}
    for m in STAGES.finditer(text):
        if m[1] in kernels and not kernels[m[1]]["stages"]:
            words = m[2].split()
            kernels[m[1]]["stages"] = dict(zip(words[0::3], map(float, words[1::3])))
    for kernel in kernels.values():
        kernel["wall"] = kernel["ms"]
        if kernel["stages"]:
            kernel["ms"] = sum(kernel["stages"].values())
    return kernels, None if result.returncode == 0 else (result.stdout.strip().splitlines() or ["no output"])[-1]


def percentile(values, part):
    """Of sorted values: the smallest that `part` of them do not exceed."""
    return values[max(0, -(-len(values) * part // 100) - 1)]


def defaults(build):
    found = sorted(glob.glob(os.path.join(build, "samples", "*")))
    found += [os.path.join(build, "benchmarks", name) for name in ("bench_cuda", "bench_nvcc")]
    return [p for p in found if os.path.isfile(p) and os.access(p, os.X_OK)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--tier", default="full", choices=("auto", "quick", "full"),
                        help="as ANYWARP_TIER; auto: what programs wait for, without what the compile process does")
    parser.add_argument("--slowest", type=int, default=10, help="how many kernels to name")
    parser.add_argument("--json")
    options = parser.parse_args()
    files = options.files or defaults(options.build)
    if not files:
        sys.exit(f"no programs in {options.build}: build the samples or the benchmarks, or name a file")

    best, problems = {}, []
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(options.rounds):
        for path in files:
            kernels, problem = compileAll(options.build, path, options.tier)
            if problem and f"{path}: {problem}" not in problems:
                problems.append(f"{path}: {problem}")
            for name, kernel in kernels.items():
                key = os.path.basename(path), name
                if key not in best or kernel["ms"] < best[key]["ms"]:
                    best[key] = kernel
    if not best:
        sys.exit("nothing was compiled: " + "; ".join(problems))

    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / options.rounds
    times = sorted(k["ms"] for k in best.values())
    print(f"{len(times)} kernels of {len(files)} files, fastest of {options.rounds} rounds; load average "
          f"{os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} processors\n")
    print("| median | 95 % | slowest | sum | CPU time of a round, all of it |\n|---|---|---|---|---|")
    print(f"| {percentile(times, 50):.0f} ms | {percentile(times, 95):.0f} ms | {times[-1]:.0f} ms | {sum(times) / 1000:.1f} s | {cpu:.1f} s |\n")
    names = sorted({stage for k in best.values() for stage in k["stages"]}, key=lambda s: -sum(k["stages"].get(s, 0) for k in best.values()))
    total = sum(times)
    parts = [f"{stage} {100 * sum(k['stages'].get(stage, 0) for k in best.values()) / total:.0f} %" for stage in names]
    print("Where the time goes: " + ", ".join(parts) + ".\n")
    print("| slowest kernels | in | time | " + " | ".join(names) + " | code |")
    print("|---" * (4 + len(names)) + "|")
    for (path, name), k in sorted(best.items(), key=lambda item: -item[1]["ms"])[:options.slowest]:
        stages = " | ".join(f"{k['stages'].get(s, 0):.0f}" for s in names)
        print(f"| {name[:60]} | {path} | {k['ms']:.0f} ms | {stages} | {k['bytes'] / 1024:.0f} KiB |")
    for problem in problems:
        print(f"\nnot complete: {problem}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump({"rounds": options.rounds, "load": os.getloadavg(), "problems": problems,
                       "kernels": [dict(k, file=path, kernel=name) for (path, name), k in sorted(best.items())]}, out, indent=1)
            out.write("\n")
    sys.exit(1 if problems else 0)


main()
