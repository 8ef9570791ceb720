#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ANYWARP_TIER: a large kernel starts with quick code and gets better code from a process of its own.

  tiers_test.py --anywarp build/release/bin/anywarp --program build/release/programs/program_tiers [--exits 200]

All runs in a copy of the installation elsewhere, so that what runs as its anywarp-compile is ours.
"""
import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

options = None
PATIENCE = 400  # seconds; nothing here is about speed


class Tiers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix="anywarp-tiers-")
        root = os.path.dirname(os.path.dirname(os.path.abspath(options.anywarp)))
        cls.tree = os.path.join(cls.top, "tree")
        shutil.copytree(os.path.join(root, "lib"), os.path.join(cls.tree, "lib"), symlinks=True,
                        ignore=lambda folder, names: [n for n in names if not n.startswith(("lib", "anywarp"))])
        os.mkdir(os.path.join(cls.tree, "bin"))
        cls.anywarp = shutil.copy(options.anywarp, os.path.join(cls.tree, "bin"))
        cls.compile = os.path.join(cls.tree, "lib", "anywarp", "anywarp-compile")

    @classmethod
    def tearDownClass(cls):
        cls.waitFor(lambda: not cls.compilers(), "the compile processes end")
        shutil.rmtree(cls.top)

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=self.top)
        self.log = os.path.join(self.folder, "log")

    def cache(self, name="cache"):
        return os.path.join(self.folder, name)

    @classmethod
    def compilers(cls):
        """The compile processes of this tree that run."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{pid}/exe") == cls.compile:
                    found.append(int(pid))
            except OSError:
                pass
        return found

    @staticmethod
    def waitFor(condition, what):
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {PATIENCE} s: {what}")
            time.sleep(0.02)

    def start(self, *arguments, tier="auto", cache=None, **environment):
        if os.path.exists(self.log):
            os.remove(self.log)
        environment = dict(os.environ, ANYWARP_CACHE_DIR=cache or self.cache(), ANYWARP_TRACE="jit", ANYWARP_LOG="info",
                           ANYWARP_LOG_FILE=self.log, ANYWARP_TIER=tier, **environment)
        return subprocess.Popen([self.anywarp, "run", "--", options.program, *arguments], env=environment,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def startAndLaunch(self, *arguments, **more):
        process = self.start(*arguments, **more)
        self.assertEqual(process.stdout.readline(), "started\n")
        return process

    def finish(self, process):
        """What the log says of compilations."""
        output = process.communicate(timeout=PATIENCE)[0]
        with open(self.log, encoding="utf-8") as log:
            text = log.read()
        self.assertEqual(process.returncode, 0, output + text)
        return text

    def run_(self, *arguments, **more):
        return self.finish(self.startAndLaunch(*arguments, **more))

    def codes(self, cache=None):
        """The compiled kernels in the cache, which keeps smaller things, too."""
        paths = [os.path.join(f, n) for f, _, names in os.walk(cache or self.cache()) for n in names if not n.startswith(".")]
        return [path for path in paths if os.path.getsize(path) > 4096]

    def quickCache(self):
        """A cache with the quick code alone, for copies."""
        cache = self.cache("quick")
        if not os.path.exists(cache):
            self.assertIn(", quick\n", self.run_("leave", "0", tier="quick", cache=cache))
        return cache

    def testBetterCodeComes(self):
        log = self.run_("until", self.log)
        self.assertIn(", quick\n", log)
        self.assertIn("compiled better: ", log)
        log = self.run_("leave", "0")  # what is in the cache is the best
        self.assertNotIn("compiled", log)

    def testQuickAndFullGiveTheSame(self):  # the program compares with the host
        for tier, quick in ("quick", True), ("full", False):
            log = self.run_("leave", "0", tier=tier, cache=self.cache(tier))
            self.assertEqual(", quick\n" in log, quick, log)
            self.assertNotIn("better", log)

    def testQuickCodeIsKept(self):
        self.run_("leave", "0", tier="quick")
        log = self.run_("until", self.log)
        self.assertNotIn(", quick\n", log)  # from the cache, though the best was never made

    def testTheNextProgramGetsWhatThisOneDidNotWaitFor(self):
        self.run_("leave", "0")
        self.waitFor(lambda: len(self.codes()) > 1 and not self.compilers(), "better code in the cache")
        self.assertNotIn("compiled", self.run_("leave", "0"))

    def testTheProgramNoticesNoChild(self):
        self.run_("children", self.log)
        self.run_("children", self.log, cache=self.cache("other"), ANYWARP_CACHE_SIZE="0")

    def testForkedChildrenCompileToo(self):
        self.run_("forked", "0")
        self.waitFor(lambda: len(self.codes()) > 1 and not self.compilers(), "better code in the cache")

    def testDescriptorsOfTheProgramAreItsOwn(self):
        # Nobody hears of better code then, but it is made: the log says what the program waits for.
        process = self.startAndLaunch("closes", self.log)
        self.waitFor(lambda: len(self.codes()) > 1, "better code in the cache")
        with open(self.log, "a", encoding="utf-8") as log:
            log.write("compiled better, says the test\n")
        self.finish(process)

    def testWithoutACacheItComesAndEndsWithTheProgram(self):
        self.assertIn("compiled better: ", self.run_("until", self.log, ANYWARP_CACHE_SIZE="0"))
        self.run_("leave", "0", ANYWARP_CACHE_SIZE="0")
        self.waitFor(lambda: not self.compilers(), "the compile processes end")
        self.assertEqual(self.codes(), [])

    def testACacheThatIsGoneStaysAway(self):
        process = self.startAndLaunch("leave", "300")
        shutil.rmtree(self.cache())
        self.finish(process)
        self.waitFor(lambda: not self.compilers(), "the compile processes end")
        self.assertFalse(os.path.exists(self.cache()))

    def testWithoutTheProgramAllIsCompiledAtOnce(self):
        os.rename(self.compile, self.compile + ".away")
        try:
            log = self.run_("leave", "0")
        finally:
            os.rename(self.compile + ".away", self.compile)
        self.assertNotIn("quick", log)
        self.assertEqual(log.count("large kernels are compiled fully at once"), 1, log)

    def testItKeepsToItself(self):
        process = self.startAndLaunch("stay", self.log + ".end", LD_PRELOAD="libm.so.6")
        self.waitFor(lambda: len(self.codes()) > 1, "better code in the cache")
        pid, = self.compilers()  # it waits for more to do

        def files():
            return {int(fd): os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}

        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            stat = file.read().rpartition(")")[2].split()
        state, parent, group, nice, policy = stat[0], *map(int, (stat[1], stat[2], stat[16], stat[38]))
        self.assertNotEqual(state, "Z")
        self.assertNotIn(parent, (process.pid, os.getpid()))
        self.assertEqual((group, nice, policy), (pid, max(10, os.nice(0)), 3))  # SCHED_BATCH
        self.waitFor(lambda: len(files()) == 4, "no files of its work are open")
        self.assertRegex(files()[3], "^socket:")
        self.assertEqual([files()[fd] for fd in range(3)], 3 * ["/dev/null"])
        with open(f"/proc/{pid}/environ", "rb") as file:
            environment = file.read()
        self.assertNotIn(b"ANYWARP_", environment)
        self.assertNotIn(b"LD_PRELOAD", environment)
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            self.assertIn("SigBlk:\t0000000000000000\n", file.read())
        open(self.log + ".end", "w", encoding="utf-8").close()
        self.finish(process)

    def testWhateverHappensToItTheProgramGoesOn(self):
        for what in signal.SIGKILL, signal.SIGSTOP:
            process = self.startAndLaunch("leave", "1500", cache=self.cache(what.name))
            self.waitFor(self.compilers, "a compile process")
            for pid in self.compilers():
                os.kill(pid, what)
            self.finish(process)
            for pid in self.compilers():
                os.kill(pid, signal.SIGKILL)
            self.waitFor(lambda: not self.compilers(), "it is gone")
            # The next program makes up for it.
            self.run_("until", self.log, cache=self.cache(what.name))

    def testItEndsAtAnyMoment(self):
        quick = self.quickCache()
        caches = [self.cache(f"exit{i}") for i in range(options.exits)]
        moments = random.Random(1)
        for cache in caches:
            shutil.copytree(quick, cache)
            self.run_("leave", str(moments.randrange(1500) if moments.random() < 0.7 else 0), cache=cache)
            self.waitFor(lambda: len(self.compilers()) < 3, "few at once")
        self.waitFor(lambda: not self.compilers(), "the compile processes end")
        for cache in caches:
            names = [n for _, _, files in os.walk(cache) for n in files]
            self.assertEqual([n for n in names if n.startswith(".")], [], "what nobody needs")
            log = self.run_("leave", "0", cache=cache)  # whole, and the best
            self.assertNotIn("compiled", log)
            self.assertNotIn("damaged", log)


def main():
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument("--anywarp", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--exits", type=int, default=6, help="how many programs end while their code is compiled")
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


main()
