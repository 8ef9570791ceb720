#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`anywarp smi`: the table, JSON, -L, queries; with a process that uses a device.

  smi_test.py --anywarp build/release/bin/anywarp --program build/release/tests/test_api_nvml
"""
import argparse
import json
import os
import re
import subprocess
import sys
import unittest

options = None
DEVICES = "cpu:threads=2,cpu:threads=1:cc=8.6:memory=1G:name=Second device"


class Smi(unittest.TestCase):
    def call(self, *command, code=0, devices=DEVICES):
        e = {k: v for k, v in os.environ.items() if not k.startswith(("ANYWARP_", "CUDA_"))}
        e["ANYWARP_DEVICES"] = devices
        r = subprocess.run([options.anywarp, "smi", *command], env=e, capture_output=True, text=True, timeout=60)
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        self.assertNotIn("\033", r.stdout)
        return r

    def test_list(self):
        lines = self.call("-L").stdout.splitlines()
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[1], r"^GPU 1: Second device \(UUID: GPU-[0-9a-f-]{36}\)$")

    def test_json_and_id(self):
        answer = json.loads(self.call("--json").stdout)
        self.assertEqual(answer["cuda_version"], "13.0")
        second = answer["devices"][1]
        self.assertEqual((second["name"], second["compute_capability"], second["memory_total"]),
                         ("Second device", "8.6", 1 << 30))
        for wanted in ("1", second["uuid"], second["pci_bus_id"], second["serial"]):
            only = json.loads(self.call("--json", "-i", wanted).stdout)["devices"]
            self.assertEqual([d["index"] for d in only], [1], wanted)
        self.assertIn("no device 7", self.call("-i", "7", code=1).stderr)

    def test_queries(self):
        out = self.call("--query-gpu=index,name,memory.total,utilization.gpu,pstate,ecc.mode.current", "--format=csv")
        header, _, second = out.stdout.splitlines()
        self.assertEqual(header, "index, name, memory.total [MiB], utilization.gpu [%], pstate, ecc.mode.current")
        self.assertRegex(second, r"^1, Second device, 1024 MiB, \d+ %, P0, \[N/A\]$")
        out = self.call("--query-gpu", "compute_cap,memory.total", "--format=csv,noheader,nounits", "-i", "1")
        self.assertEqual(out.stdout, "8.6, 1024\n")
        self.assertIn("memory.used", self.call("--query-gpu=colour", code=2).stderr)  # lists the fields
        self.call("--query-gpu=name", "--format=xml", code=2)
        self.call("--format=xml", code=2)
        self.assertEqual(self.call("--query-compute-apps=pid,used_memory", "--format=csv").stdout.splitlines()[0],
                         "pid, used_memory [MiB]")

    def test_a_process_at_work(self):
        e = dict(os.environ, ANYWARP_DEVICES=DEVICES, CUDA_VISIBLE_DEVICES="1")
        read, write = os.pipe()
        child = subprocess.Popen([options.program, "--gtest_also_run_disabled_tests",
                                  "--gtest_filter=DISABLED_nvmlProcessTest.child"], env=e,
                                 stdout=subprocess.DEVNULL, preexec_fn=lambda: os.dup2(write, 3), pass_fds=(3,))
        try:
            os.close(write)
            self.assertEqual(os.read(read, 1), b"+")
            text = self.call().stdout
            line = next(l for l in text.splitlines() if f" {child.pid} " in l)
            self.assertIn("test_api_nvml", line)
            self.assertIn("Second device", text)
            memory = re.search(r"(\d+\.\d) MiB", line)
            self.assertGreaterEqual(float(memory.group(1)), 64)
            pids = self.call("--query-compute-apps=pid,used_memory", "--format=csv,noheader,nounits").stdout.splitlines()
            mine = [p.split(", ") for p in pids if p.startswith(f"{child.pid},")]
            self.assertGreaterEqual(int(mine[0][1]), 64)
            # In an environment that names no devices it is the same machine's device 1.
            self.assertIn(str(child.pid), self.call("--query-compute-apps=pid", "--format=csv,noheader",
                                                    devices="cpu;cpu").stdout.split())
        finally:
            child.kill()
            child.wait()
            os.close(read)
        self.assertNotIn(f" {child.pid} ", self.call().stdout)

    def test_no_device(self):
        self.assertIn("ANYWARP_DEVICES", self.call(code=1, devices="nothing-of-this").stderr)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            r = subprocess.run([options.anywarp, "smi", "-L"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(r.returncode, 1)
        self.assertIn("cannot write", r.stderr)


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--anywarp")
    a.add_argument("--program")
    options, rest = a.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=1)
