# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of nvcc share: running it, and the commands that -dryrun shows."""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

NVCC = os.environ["NVCC"]
TOOLKIT = os.path.dirname(os.path.dirname(NVCC))
LIBRARIES = os.path.join(TOOLKIT, "lib64")


def environment(**more):
    """Ours alone: the caller's flags and toolkits must not take part."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("NVCC", "CUDA"))}
    env.update({"LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": LIBRARIES, **more})
    return env


def nvcc(*words, cwd=None, **more):
    return subprocess.run([NVCC, *words], cwd=cwd, env=environment(**more), capture_output=True, text=True,
                          errors="replace", timeout=300)


class DryRun:
    """The commands of one nvcc -dryrun, by what they do."""

    def __init__(self, *words, **more):
        self.result = nvcc("-dryrun", *words, **more)
        self.text = self.result.stderr
        lines = [line[3:] for line in self.text.splitlines() if line.startswith("#$ ")]
        self.settings = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
        self.commands = [shlex.split(line) for line in lines if not re.match(r"[A-Z_]+=|: ", line)]

    def all(self, word):
        return [c for c in self.commands if word in c]

    @property
    def device(self):
        return self.all("--cuda-device-only")

    @property
    def host(self):
        """The commands that make host objects, of .cu and of other sources."""
        return [c for c in self.commands if "-c" in c and "--cuda-device-only" not in c and c[-1].find("_dlink") < 0]

    @property
    def link(self):
        return [c for c in self.commands if "-Wl,--start-group" in c]


class FolderCase(unittest.TestCase):
    """Each test in an empty folder of its own."""
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="nvcc-test-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text, encoding="utf-8"):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding=encoding, newline="") as out:
            out.write(text)

    def nvcc(self, *words, **more):
        return nvcc(*words, cwd=self.folder.name, **more)

    def ok(self, *words, **more):
        result = self.nvcc(*words, **more)
        self.assertEqual(result.returncode, 0, " ".join(words) + "\n" + result.stderr)
        return result

    def run_program(self, program, *words):
        result = subprocess.run([self.path(program), *words], cwd=self.folder.name, env=environment(),
                                capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def files(self):
        return sorted(os.listdir(self.folder.name))


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
