#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ANYWARP_TIER: a large kernel starts with quick code and gets better code.

  tiers_test.py --anywarp build/release/bin/anywarp --program build/release/programs/program_tiers
"""
import argparse
import os
import subprocess
import sys
import tempfile
import unittest

options = None


class Tiers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="anywarp-tiers-")
        self.log = os.path.join(self.folder.name, "log")

    def tearDown(self):
        self.folder.cleanup()

    def run_(self, *arguments, tier="auto", cache="cache"):
        """What the log says of compilations."""
        if os.path.exists(self.log):
            os.remove(self.log)
        environment = dict(os.environ, ANYWARP_CACHE_DIR=os.path.join(self.folder.name, cache), ANYWARP_TRACE="jit",
                           ANYWARP_LOG_FILE=self.log, ANYWARP_TIER=tier)
        process = subprocess.Popen([options.anywarp, "run", "--", options.program, *arguments], env=environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        first = process.stdout.readline()
        rest = process.communicate(timeout=200)[0]
        with open(self.log, encoding="utf-8") as log:
            text = log.read()
        self.assertEqual((first, process.returncode), ("started\n", 0), first + rest + text)
        return text

    def testBetterCodeComes(self):
        log = self.run_("until", self.log)
        self.assertIn(", quick\n", log)
        self.assertIn("compiled better: ", log)
        log = self.run_("leave", "0")  # what is in the cache is the best
        self.assertNotIn("compiled", log)

    def testQuickAndFullGiveTheSame(self):  # the program compares with the host
        for tier, quick in ("quick", True), ("full", False):
            log = self.run_("leave", "0", tier=tier, cache=tier)
            self.assertEqual(", quick\n" in log, quick, log)
            self.assertNotIn("better", log)

    def testQuickCodeIsKept(self):
        self.run_("leave", "0", tier="quick")
        log = self.run_("until", self.log)
        self.assertNotIn(", quick\n", log)  # from the cache, though the best was never made


def main():
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument("--anywarp", required=True)
    parser.add_argument("--program", required=True)
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


main()
