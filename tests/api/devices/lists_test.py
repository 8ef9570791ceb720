#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ANYWARP_DEVICES and CUDA_VISIBLE_DEVICES of whole processes: which devices there are, in which order; instructions
of compiled kernels by device; CUDA's variables for the cache.

  lists_test.py --anywarp build/release/bin/anywarp --program build/release/tests/test_api_devices13
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

options = None
THREE = "cpu:threads=1:cc=7.0,cpu:threads=1:cc=8.0,cpu:threads=1:cc=9.0"


def clean(**more):
    e = {k: v for k, v in os.environ.items() if not k.startswith(("ANYWARP_", "CUDA_"))}
    e.update(more)
    return e


class Lists(unittest.TestCase):
    def devices(self, **environment):
        """Compute capabilities of the visible devices, and what was logged."""
        r = subprocess.run([options.program, "--gtest_also_run_disabled_tests",
                            "--gtest_filter=DISABLED_Devices.print"],
                           env=clean(**environment), capture_output=True, text=True, timeout=60)
        line = re.search(r"^devices:(.*)$", r.stdout, re.M)
        self.assertTrue(line, r.stdout + r.stderr)
        return [d.split("/")[1] for d in line.group(1).split()], r.stderr

    def test_both_separators(self):
        for text in (THREE, THREE.replace(",", ";"), THREE.replace(":t", ": t").replace(",", " , "),
                     "cpu:threads=1,cc=7.0;cpu:cc=8.0,threads=1,cpu:cc=9.0"):
            self.assertEqual(self.devices(ANYWARP_DEVICES=text)[0], ["7.0", "8.0", "9.0"], text)

    def test_default_capability(self):
        found, _ = self.devices(ANYWARP_DEVICES="cpu:threads=1,cpu:threads=1:cc=8.6", ANYWARP_COMPUTE_CAPABILITY="7.5")
        self.assertEqual(found, ["7.5", "8.6"])

    def test_wrong_settings_are_reported_and_dropped(self):
        for bad, word in (("isa=avx9", "isa=avx9"), ("threads=0", "threads=0"), ("cc=banana", "cc=banana"),
                          ("colour=red", "colour=red"), ("isa=neon" if os.uname().machine == "x86_64" else "isa=avx2",
                                                         "instructions")):
            found, log = self.devices(ANYWARP_DEVICES=f"cpu:threads=1:cc=8.0,cpu:{bad}")
            self.assertEqual(found, ["8.0", "9.0"], bad)
            self.assertIn(word, log)
            self.assertIn("without settings", log)

    def test_unknown_backend_is_left_out(self):
        found, log = self.devices(ANYWARP_DEVICES="tpu,cpu:threads=1:cc=8.0")
        self.assertEqual(found, ["8.0"])
        self.assertIn("tpu", log)

    def test_visible_devices(self):
        out = json.loads(subprocess.run([options.anywarp, "smi", "--json"], env=clean(ANYWARP_DEVICES=THREE),
                                        capture_output=True, text=True, check=True).stdout)
        uuid = [d["uuid"] for d in out["devices"]]
        for visible, wanted in (("2,0", "9.0 7.0"), ("", ""), ("-1", ""), ("0,-1,1", "7.0"), ("0,5,1", "7.0"),
                                ("1,1", ""), (uuid[1], "8.0"), (uuid[2][:12] + "," + uuid[0], "9.0 7.0"),
                                ("GPU-", ""), ("MIG-1", ""), ("1x", ""), (" 1 , 2 ", "8.0 9.0")):
            self.assertEqual(" ".join(self.devices(ANYWARP_DEVICES=THREE, CUDA_VISIBLE_DEVICES=visible)[0]), wanted,
                             visible)
        for order in ("PCI_BUS_ID", "FASTEST_FIRST"):
            self.assertEqual(self.devices(ANYWARP_DEVICES=THREE, CUDA_DEVICE_ORDER=order)[0], ["7.0", "8.0", "9.0"])

    def launch(self, cache, **environment):
        """Runs a test that launches a kernel on its first device; gives the cache's files."""
        subprocess.run([options.program, "--gtest_filter=DevicesTest.limits_hold_for_launches"],
                       env=clean(XDG_CACHE_HOME=cache, **environment), capture_output=True, timeout=120)
        return sorted(glob.glob(cache + "/**/*.so", recursive=True))

    def test_instructions_by_device(self):
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            flags = f.read()
        if "avx2" not in flags:
            print("SKIPPED: this machine has no AVX2")
            return
        with tempfile.TemporaryDirectory() as cache:
            one = self.launch(cache, ANYWARP_DEVICES="cpu:threads=1:isa=avx2")
            two = self.launch(cache, ANYWARP_DEVICES="cpu:threads=1:isa=sse4")
            self.assertTrue(one)
            self.assertGreater(len(two), len(one), "the same code for both")
            again = self.launch(cache, ANYWARP_DEVICES="cpu:threads=1:isa=avx2")
            self.assertEqual(two, again)

    def test_cuda_cache_variables(self):
        with tempfile.TemporaryDirectory() as folder:
            cache, other = folder + "/xdg", folder + "/cuda"
            self.assertFalse(self.launch(cache, CUDA_CACHE_DISABLE="1", ANYWARP_DEVICES="cpu:threads=1"))
            self.assertFalse(self.launch(cache, CUDA_CACHE_PATH=other, ANYWARP_DEVICES="cpu:threads=1"))
            self.assertTrue(glob.glob(other + "/anywarp/*/*.so"))
            # Ours win over CUDA's.
            self.assertTrue(self.launch(cache, CUDA_CACHE_DISABLE="1", ANYWARP_CACHE_SIZE="1G",
                                        ANYWARP_DEVICES="cpu:threads=1"))


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--anywarp")
    a.add_argument("--program")
    options = a.parse_args()
    unittest.main(argv=[sys.argv[0]], verbosity=1)
