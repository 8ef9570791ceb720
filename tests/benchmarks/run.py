#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmarks; prints one Markdown table, and writes it with all figures (JSON) and a chart (SVG).

    tests/benchmarks/run.py [--build build/release] [--rounds 3] [--only NAME...] [--isa sse4|avx2|avx512...] [--out DIR]

For each benchmark the variants take turns, `rounds` times, and the fastest time of each counts, so that all of them meet
the same load of the machine and a ratio compares figures of one run. Every result is checked against a reference before
anything is timed; a wrong one is reported and has no time. Times exclude compilation and copies. Ratios are time / native
time: 1 is as fast as hand-written C++, smaller is faster.

--clock cpu is for machines that others load as well: every program has one processor and its CPU time counts. It says
nothing of threads, and less of memory, but it repeats.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import chart
import machine
import table

# Variant: (program, title, runs on Anywarp). {isa} is the instruction set of a native program.
VARIANTS = {
    "cuda": ("bench_cuda", "Anywarp, built by clang", True),
    "nvcc": ("bench_nvcc", "Anywarp, built by nvcc", True),
    "native": ("bench_native_{isa}", "native C++", False),
    "opencl": ("bench_opencl", "OpenCL, PoCL", False),
    "intel": ("bench_opencl", "OpenCL, Intel", False),
    "openblas": ("bench_openblas", "OpenBLAS", False),
}
# What makes other programs keep to an instruction set, as far as they can.
OPENBLAS_CORES = {"sse4": "Nehalem", "avx2": "Haswell", "avx512": "SkylakeX"}
INTEL_CORES = {"sse4": "corei7", "avx2": "core-avx2", "avx512": "skx"}
SCALING = ("nbody", "sgemm_register", "saxpy")


class Runner:
    def __init__(self, options, isa):
        self.options, self.isa = options, isa
        self.nativeIsa = machine.isa() if isa == "native" else isa
        self.intel = findIntel(options.intel_opencl)
        self.skipped = []
        self.variants = [v for v in options.variants if self.there(v)]

    def program(self, variant):
        return os.path.join(self.options.build, "benchmarks", VARIANTS[variant][0].format(isa=self.nativeIsa))

    def there(self, variant):
        reason = None
        if not os.path.exists(self.program(variant)):
            reason = f"{self.program(variant)} is not built"
        elif variant == "intel" and not self.intel:
            reason = "no libintelocl.so: pip install intel-opencl-rt intel-cmplr-lib-rt, and --intel-opencl DIR"
        elif variant == "opencl" and self.isa != "native":
            reason = "PoCL cannot be told which instruction set to use"
        if reason:
            self.skipped.append(f"{VARIANTS[variant][1]}: {reason}")
        return not reason

    def names(self):
        for variant in self.variants:
            if variant != "openblas":
                command, environment = self.command(variant, ["--list"])
                return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
        sys.exit(f"no benchmarks in {self.options.build}/benchmarks: configure with -DANYWARP_BENCHMARKS=ON and build")

    def command(self, variant, words):
        environment = dict(os.environ)
        command = [self.program(variant)]
        if VARIANTS[variant][2]:
            command = [os.path.join(self.options.build, "bin", "anywarp"), "run", "--"] + command
            if self.isa != "native":
                environment["ANYWARP_DEVICES"] = f"cpu:isa={self.isa}"
        elif variant == "opencl":
            words = words + ["--platform", "Portable"]
        elif variant == "intel":
            words = words + ["--platform", "Intel", "--variant", "intel"]
            path = environment.get("LD_LIBRARY_PATH")
            environment["LD_LIBRARY_PATH"] = os.path.dirname(self.intel) + (":" + path if path else "")
            environment["OCL_ICD_FILENAMES"] = self.intel
            if self.isa != "native":
                environment["CL_CONFIG_CPU_TARGET_ARCH"] = INTEL_CORES[self.isa]
        elif variant == "openblas" and self.nativeIsa in OPENBLAS_CORES: # older ones guess low on newer processors
            environment.setdefault("OPENBLAS_CORETYPE", OPENBLAS_CORES[self.nativeIsa])
        return command + words, environment

    def measure(self, variant, name, oneProcessor=False):
        words = ["--seconds", str(self.options.seconds), name]
        if self.options.clock == "cpu":
            words, oneProcessor = ["--cpu-time"] + words, True
        command, environment = self.command(variant, words)
        pin = (lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})) if oneProcessor else None
        try:
            result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                    timeout=600, preexec_fn=pin)
        except subprocess.TimeoutExpired:
            return {"problem": "ran longer than 10 minutes"}
        for line in result.stdout.splitlines():
            if line.startswith("{"):
                found = json.loads(line)
                if not found["right"]:
                    found["problem"] = f"wrong result: error {found['error']:g}, allowed {found['allowed']:g}"
                return found
        lines = (result.stderr or result.stdout).strip().splitlines()
        return {"problem": f"exit code {result.returncode}: {lines[-1] if lines else 'no output'}"}


def findIntel(folder):
    """libintelocl.so of the wheel intel-opencl-rt: in the folder that the user names, or next to this Python."""
    for place in [folder] if folder else [sys.prefix]:
        for path in (os.path.join(place, "libintelocl.so"), os.path.join(place, "lib", "libintelocl.so")):
            if os.path.exists(path):
                return os.path.abspath(path)
    return None


def measureAll(runner, names, problems, results):
    """Fills results: {name: {variant: {seconds, spread, error}}}"""
    for position, name in enumerate(names):
        turns = {}
        for turn in range(runner.options.rounds):
            for variant in runner.variants:
                if (variant == "openblas" and not name.startswith("sgemm")) or (name, variant) in problems:
                    continue
                found = runner.measure(variant, name)
                if "problem" in found:
                    problems[name, variant] = f"{name}, {VARIANTS[variant][1]}: {found['problem']}"
                    turns.pop(variant, None)
                else:
                    turns.setdefault(variant, []).append(found)
        results[name] = {v: {"seconds": min(f["seconds"] for f in found),
                             "spread": max(f["seconds"] for f in found) / min(f["seconds"] for f in found) - 1,
                             "median": min(f["median"] for f in found), "error": found[0]["error"]}
                         for v, found in turns.items()}
        print(f"[{position + 1}/{len(names)}] {name}: " + ", ".join(
            f"{v} {table.seconds(r['seconds'])}" for v, r in results[name].items()), file=sys.stderr)


def measureScaling(runner, names):
    """{name: {variant: time on one processor / time on all}}"""
    result = {}
    for name in [n for n in SCALING if n in names]:
        best = {}
        for turn in range(runner.options.rounds):
            for variant in runner.variants:
                for one in (True, False):
                    found = runner.measure(variant, name, one) if variant != "openblas" else {}
                    if "seconds" in found:
                        best[variant, one] = min(found["seconds"], best.get((variant, one), found["seconds"]))
        result[name] = {v: best[v, True] / best[v, False] for v in runner.variants if (v, True) in best and (v, False) in best}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.3, help="of each measurement, at least 5 runs or 2 s")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="benchmarks; default: all")
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument("--isa", nargs="+", choices=["native", "sse4", "avx2", "avx512"], default=["native"],
                        help="one table for each; native: the best that the processor has")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall")
    parser.add_argument("--intel-opencl", metavar="DIR", help="where the wheel intel-opencl-rt put libintelocl.so")
    parser.add_argument("--out", metavar="DIR", help="default: benchmarks/results in the build tree")
    options = parser.parse_args()
    out = options.out or os.path.join(options.build, "benchmarks", "results")
    os.makedirs(out, exist_ok=True)

    failed = False
    for isa in options.isa:
        runner = Runner(options, isa)
        names = runner.names()
        unknown = set(options.only or []) - set(names)
        if unknown:
            sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names)}")
        names = [n for n in names if not options.only or n in options.only]
        names.sort(key=table.isLaunch)
        problems, results = {}, {}
        report = {"isa": isa, "nativeIsa": runner.nativeIsa, "clock": options.clock, "rounds": options.rounds,
                  "time": time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "machine": machine.describe(),
                  "variants": {v: VARIANTS[v][1] for v in runner.variants}}
        report.update(results=results, scaling={})
        try:
            measureAll(runner, names, problems, results)
            if options.clock == "wall" and len(os.sched_getaffinity(0)) > 1:
                report["scaling"] = measureScaling(runner, names)
        except KeyboardInterrupt:
            problems["interrupted"] = f"interrupted after {len(results)} of {len(names)} benchmarks"
        report["loadAfter"] = os.getloadavg()
        report["problems"], report["skipped"] = list(problems.values()), runner.skipped
        report["summary"] = table.summary(report)
        text = table.markdown(report)
        print(text)
        stem = os.path.join(out, "benchmarks" if isa == "native" else f"benchmarks_{isa}")
        for suffix, content in ((".md", text), (".json", json.dumps(report, indent=1) + "\n"), (".svg", chart.svg(report))):
            with open(stem + suffix, "w", encoding="utf-8") as file:
                file.write(content)
        print(f"written: {stem}.md, .json, .svg", file=sys.stderr)
        failed = failed or bool(problems)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
