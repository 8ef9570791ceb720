#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`anywarp run --trace FILE.json` and `anywarp profile`: the trace is JSON however the program ends, events nest,
arrows have two ends; the table counts what the program did.

  trace_test.py --anywarp build/release/bin/anywarp --program build/release/programs/program_traced
"""
import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

options = None


class Trace(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="anywarp-trace-")
        self.file = os.path.join(self.folder.name, "trace.json")

    def tearDown(self):
        self.folder.cleanup()

    def call(self, *command, code=0, **environment):
        e = {k: v for k, v in os.environ.items() if not k.startswith(("ANYWARP_TRACE", "ANYWARP_PROFILE"))}
        e.update({"ANYWARP_CACHE_DIR": os.path.join(self.folder.name, "cache")}, **environment)
        r = subprocess.run([options.anywarp, *command], env=e, capture_output=True, text=True, timeout=120)
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        return r

    def events(self):
        with open(self.file, encoding="utf-8") as f:
            return json.load(f)["traceEvents"]

    def check(self, events):
        """Complete events of one track nest or follow each other; both ends of each arrow are inside of one."""
        tracks = {}
        for e in events:
            self.assertIn(e["ph"], "MXsf")
            if e["ph"] == "X":
                self.assertGreaterEqual(e["dur"], 0)
                tracks.setdefault((e["pid"], e["tid"]), []).append((e["ts"], -e["dur"], e["name"]))
        for track, list_ in tracks.items():
            open_ = []
            for start, negative, name in sorted(list_):
                end = start - negative
                while open_ and open_[-1] <= start + 0.0005:
                    open_.pop()
                if open_:
                    self.assertLessEqual(end, open_[-1] + 0.0015, f"{name} on {track}")
                open_.append(end)
        ends = {}
        for e in events:
            if e["ph"] in "sf":
                ends.setdefault(e["id"], {})[e["ph"]] = e
                self.assertTrue(any(s <= e["ts"] + 0.0015 and e["ts"] <= s - d + 0.0015
                                    for s, d, _ in tracks[e["pid"], e["tid"]]), e)
        for id_, pair in ends.items():
            self.assertEqual(sorted(pair), ["f", "s"], id_)
            self.assertLessEqual(pair["s"]["ts"], pair["f"]["ts"] + 0.0015)
        return tracks

    def names(self, events, category):
        return [e["name"] for e in events if e["ph"] == "X" and e["cat"] == category]

    def test_everything(self):
        self.call("run", "--trace", self.file, "--", options.program)
        events = self.events()
        tracks = self.check(events)
        kernels = self.names(events, "kernel")
        self.assertEqual(kernels.count("nothing()"), 2 + 1 + 2000)
        self.assertEqual(sum(k.startswith("void scale<float>") for k in kernels), 9)
        for copy in ("[memcpy HtoD]", "[memcpy DtoH]"):
            self.assertEqual(self.names(events, "copy").count(copy), 3)
        self.assertEqual(self.names(events, "fill"), ["[memset]"] * 3)
        self.assertEqual(len(self.names(events, "host")), 3)
        self.assertEqual(len(self.names(events, "compile")), 2)
        api = self.names(events, "api")
        self.assertEqual(api.count("cudaLaunchKernel"), 9 + 2 + 1 + 2000)
        self.assertEqual(api.count("cudaMalloc"), 3)
        process = {e["pid"] for e in events if e["ph"] == "X" and e["cat"] == "api"}
        self.assertEqual(len(process), 1)
        device = {e["pid"] for e in events if e["ph"] == "X" and e["cat"] == "kernel"}
        self.assertEqual(len(device), 1)
        self.assertFalse(process & device)
        self.assertEqual(len([t for t in tracks if t[0] in device]), 5)  # three streams, the graph's, the default one
        scale = next(e for e in events if e["ph"] == "X" and e["cat"] == "kernel" and e["name"].startswith("void scale"))
        self.assertEqual(scale["args"], {"grid": [256, 1, 1], "block": [256, 1, 1], "dynamic_shared": 0})
        # Kernels of a captured stream come from the graph's launch; every kernel has an arrow.
        self.assertEqual(len([e for e in events if e["ph"] == "f"]),
                         len([e for e in events if e["ph"] == "X" and e["pid"] in device]))
        named = {e["args"]["name"] for e in events if e["ph"] == "M" and e["name"] == "process_name"}
        self.assertIn("program_traced", named)

    def test_branches_of_a_graph_have_tracks(self):
        self.call("run", "--trace", self.file, "--", options.program, "branches")
        events = self.events()
        self.check(events)
        self.assertEqual(len(self.names(events, "host")), 6)
        self.assertEqual(self.names(events, "kernel"), ["nothing()"] * 3)

    def test_every_end_leaves_json(self):
        for mode, code in (("abort", -signal.SIGABRT), ("kill", -signal.SIGKILL)):
            self.call("run", "--trace", self.file, "--", options.program, mode, code=code)
            events = self.events()
            self.check(events)
            self.assertEqual(self.names(events, "kernel").count("nothing()"), 2003, mode)

    def test_fork_and_several_processes(self):
        self.call("run", "--trace=" + self.file, "--", options.program, "fork")
        events = self.events()
        self.check(events)
        self.assertEqual(len({e["pid"] for e in events if e["ph"] == "X" and e["cat"] == "api"}), 2)
        self.assertEqual(len(self.names(events, "kernel")), 6)
        self.call("run", "--trace", self.file, "--", "sh", "-c", f"{options.program} many 5; {options.program} many 6")
        events = self.events()
        self.check(events)
        self.assertEqual(len(self.names(events, "kernel")), 5 + 6 + 2)

    def test_range(self):
        self.call("run", "--trace", self.file, "--profiler-range", "--", options.program, "range")
        self.assertEqual(self.names(self.events(), "kernel"), ["inRange()"])
        r = self.call("profile", "--json", "--profiler-range", "--", options.program, "range")
        self.assertEqual([k["name"] for k in json.loads(r.stderr)["device"]], ["inRange()"])

    def test_a_program_without_cuda(self):
        self.call("run", "--trace", self.file, "true")
        self.assertEqual(self.names(self.events(), "api"), [])
        self.assertIn("no CUDA calls", self.call("profile", "true").stderr)

    def test_lines_are_still_there(self):
        r = self.call("run", "--trace", "--", options.program, "many", "2")
        self.assertIn("anywarp: api: cudaLaunchKernel(", r.stderr)
        r = self.call("run", "--trace=launch,jit", options.program, "many", "2")
        self.assertIn("anywarp: launch: ", r.stderr)
        self.call("run", "--trace=nonsense", options.program, code=2)
        self.call("run", "--trace=/nowhere/t.json", options.program, code=125)

    def test_a_file_that_is_no_trace_stays(self):
        with open(self.file, "w", encoding="utf-8") as f:
            f.write('{"mine": 1}')
        r = self.call("run", "--", options.program, "many", "2", ANYWARP_TRACE_FILE=self.file)
        self.assertIn("no trace of Anywarp", r.stderr)
        with open(self.file, encoding="utf-8") as f:
            self.assertEqual(f.read(), '{"mine": 1}')

    def test_profile(self):
        r = self.call("profile", "--json", "-o", self.file, "--", options.program)
        self.assertEqual(r.stdout, "done\n")
        with open(self.file, encoding="utf-8") as f:
            table = json.load(f)
        rows = {row["name"]: row for row in table["device"]}
        self.assertEqual(rows["nothing()"]["count"], 2003)
        self.assertEqual(rows["[memcpy HtoD]"]["bytes"], 3 * 4 * 65536)
        self.assertEqual(sorted(table), ["api", "compile", "device", "load"])
        self.assertEqual(len(table["compile"]), 2)
        for section in table.values():
            self.assertEqual(section, sorted(section, key=lambda row: -row["total_ns"]))
            if section:
                self.assertAlmostEqual(sum(row["percent"] for row in section), 100, places=3)
            for row in section:
                self.assertLessEqual(row["least_ns"], row["average_ns"])
                self.assertLessEqual(row["average_ns"], row["most_ns"])
        lines = list(csv.DictReader(self.call("profile", "--csv", "--", options.program).stderr.splitlines()))
        self.assertIn("cudaLaunchKernel", {row["name"] for row in lines if row["section"] == "api"})
        text = self.call("profile", "--", options.program).stderr
        self.assertIn("Work on devices", text)
        self.assertIn("API calls", text)
        self.call("profile", "--json", "--", options.program, "abort", code=-signal.SIGABRT)
        r = self.call("profile", "--", "/nowhere/program", code=127)
        self.assertNotIn("no CUDA calls", r.stderr)
        self.call("profile", code=2)


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--anywarp")
    a.add_argument("--program")
    options, rest = a.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)
