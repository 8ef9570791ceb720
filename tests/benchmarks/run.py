#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmarks and prints one Markdown table; writes all figures to JSON.

    tests/benchmarks/run.py [--build build/release] [--rounds 3] [--json FILE] [--only NAME...]

For each benchmark the variants take turns, `rounds` times, and the fastest time of each counts, so that all of them meet
the same load of the machine and a ratio compares figures of one run. Times exclude compilation and copies. Ratios are
time / native time: 1 is as fast as hand-written OpenMP code, smaller is faster.
"""
import argparse
import json
import math
import os
import platform
import subprocess
import sys

NAMES = ["saxpy", "black_scholes", "nbody", "sgemm", "reduction", "mandelbrot", "empty_launch", "graph_launch"]
# What only CUDA has; per node of a graph of 1,000 kernels.
CUDA_ONLY = ["graph_launch"]
# Variant: (program, runs on Anywarp)
VARIANTS = {"cuda": ("bench_cuda", True), "nvcc": ("bench_nvcc", True), "native": ("bench_native", False),
            "opencl": ("bench_opencl", False)}
TITLES = {"cuda": "Anywarp (clang)", "nvcc": "Anywarp (nvcc)", "native": "native OpenMP", "opencl": "PoCL"}


def command(build, variant, name):
    program, onAnywarp = VARIANTS[variant]
    runner = [os.path.join(build, "bin", "anywarp"), "run", "--"] if onAnywarp else []
    return runner + [os.path.join(build, "benchmarks", program), name]


def measure(build, variant, name):
    try:
        result = subprocess.run(command(build, variant, name), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=600)
    except subprocess.TimeoutExpired:
        return {"problem": "ran longer than 10 minutes"}
    for line in result.stdout.splitlines():
        if line.startswith("{"):
            return json.loads(line)
    lines = (result.stderr or result.stdout).strip().splitlines()
    return {"problem": f"exit code {result.returncode}: {lines[-1] if lines else 'no output'}"}


def cpu():
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def seconds(value):
    return f"{value * 1e6:.2f} µs" if value < 1e-3 else f"{value * 1e3:.2f} ms"


def geometricMean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", default="benchmarks.json")
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES)
    options = parser.parse_args()
    variants = [v for v, (program, _) in VARIANTS.items() if os.path.exists(os.path.join(options.build, "benchmarks", program))]
    if not variants:
        sys.exit(f"no benchmarks in {options.build}/benchmarks: configure with -DANYWARP_BENCHMARKS=ON and build")

    best, problems = {}, []
    for name in options.only:
        for turn in range(options.rounds):
            for variant in variants:
                if name in CUDA_ONLY and not VARIANTS[variant][1]:
                    continue
                result = measure(options.build, variant, name)
                if not result.get("right"):
                    problem = f"{name}, {TITLES[variant]}: {result.get('problem', 'wrong result, error %g' % result.get('error', 0))}"
                    if problem not in problems:
                        problems.append(problem)
                elif result["seconds"] < best.get((name, variant), math.inf):
                    best[name, variant] = result["seconds"]

    print(f"{cpu()}, {len(os.sched_getaffinity(0))} hardware threads; the fastest of {options.rounds} turns.\n")
    print("| benchmark | " + " | ".join(TITLES[v] for v in variants) + " |")
    print("|---" * (len(variants) + 1) + "|")
    for name in options.only:
        cells = []
        for variant in variants:
            value, native = best.get((name, variant)), best.get((name, "native"))
            cells.append("-" if value is None else seconds(value) if variant == "native" or not native
                         else f"{seconds(value)} ({value / native:.2f})")
        print(f"| {name} | " + " | ".join(cells) + " |")
    # The empty launch has no native equal worth a ratio.
    real = [n for n in options.only if n != "empty_launch" and n not in CUDA_ONLY]
    for variant in variants:
        for other in ("native", "opencl"):
            pairs = [best[n, variant] / best[n, other] for n in real if (n, variant) in best and (n, other) in best]
            if VARIANTS[variant][1] and pairs:
                print(f"\n{TITLES[variant]} / {TITLES[other]}: {geometricMean(pairs):.2f} (geometric mean of {len(pairs)})", end="")
    print()
    for problem in problems:
        print(f"\nnot counted: {problem}")
    with open(options.json, "w") as out:
        json.dump({"cpu": cpu(), "threads": len(os.sched_getaffinity(0)), "rounds": options.rounds, "problems": problems,
                   "seconds": {n: {v: best[n, v] for v in variants if (n, v) in best} for n in options.only}}, out, indent=1)
        out.write("\n")
    sys.exit(1 if problems else 0)


main()
