#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds a program with nvcc -cudart shared and runs it, unmodified, on our libraries. Exit status 77
(skipped) without nvcc. Nothing that nvcc makes stays behind.

  nvcc_shared.py PROGRAM.cu LIBRARY_FOLDER [nvcc options...]
"""
import os
import shutil
import subprocess
import sys
import tempfile


def main():
    source, libraries = map(os.path.abspath, sys.argv[1:3])
    options = sys.argv[3:]
    nvcc = shutil.which("nvcc") or shutil.which("nvcc", path="/usr/local/cuda/bin")
    if not nvcc:
        print("SKIPPED: no nvcc here")
        return 77
    with tempfile.TemporaryDirectory() as work:
        program = os.path.join(work, "program")
        built = subprocess.run([nvcc, "-w", "-cudart", "shared", *options, source, "-o", program], cwd=work,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if built.returncode:
            print(f"nvcc fails:\n{built.stdout}")
            return 1
        environment = {**os.environ, "LD_LIBRARY_PATH": libraries, "ANYWARP_CACHE_DIR": os.path.join(work, "cache")}
        for run in ("cold", "warm"):
            done = subprocess.run([program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            if done.returncode or done.stdout != "ok\n":
                print(f"{run} run: exit status {done.returncode}\n{done.stdout}{done.stderr}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
