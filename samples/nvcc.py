#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Builds a sample with nvcc, if there is one, and runs it on Anywarp.

nvcc.py static|shared SOURCE BUILD_DIR EXPECTED RUNNER...      exits with 77 (skipped) without nvcc
"""
import os
import shutil
import subprocess
import sys

cudart, source, build, expected = sys.argv[1:5]
runner = sys.argv[5:]
nvcc = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")
if not nvcc:
    print("skipped: nvcc is not installed")
    sys.exit(77)
name = os.path.basename(os.path.dirname(source))
program = os.path.join(build, f"{name}.nvcc_{cudart}")
common = os.path.join(os.path.dirname(os.path.dirname(source)), "common.h")
newest = max(os.path.getmtime(f) for f in (source, common))
if not os.path.exists(program) or os.path.getmtime(program) < newest:
    # Our clean-room headers must not be on its path: this is the program as a CUDA user builds it.
    command = [nvcc, "-O2", "-std=c++17", f"--cudart={cudart}", "-gencode", "arch=compute_90,code=[sm_90,compute_90]",
               source, "-o", program]
    if source.endswith(".cpp"):
        command.append("-L" + os.path.join(os.path.dirname(os.path.dirname(nvcc)), "lib64", "stubs"))
        command.append("-lcuda")
    subprocess.run(command, check=True)
expect = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(source))), "tools", "expect.py")
sys.exit(subprocess.call([sys.executable, expect, expected] + runner + [program]))
