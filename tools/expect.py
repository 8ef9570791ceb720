#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command and compares what it prints with a file: expect.py EXPECTED COMMAND...

Passes when the exit code is 0 and the standard output is the file's text, shows the difference otherwise.
"""
import difflib
import subprocess
import sys

expected = open(sys.argv[1]).read()
try:
    result = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE)
except OSError as error:
    sys.exit(f"cannot run {sys.argv[2]}: {error.strerror}")
actual = result.stdout.decode(errors="replace")
if actual != expected:
    sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), actual.splitlines(True), sys.argv[1], "printed"))
    print()
if result.returncode:
    print(f"exit code {result.returncode}")
sys.exit(1 if actual != expected or result.returncode else 0)
