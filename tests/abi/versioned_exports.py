#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares a library's exported symbols, each with its version node, with a committed list of names.
Binaries ask for cudaMalloc@libcudart.so.13, so a right name in a wrong node does not help them.

  versioned_exports.py LIBRARY LIST NODE [--nm nm]
"""
import argparse
import subprocess
import sys


def main():
    a = argparse.ArgumentParser()
    a.add_argument("library")
    a.add_argument("list")
    a.add_argument("node")
    a.add_argument("--nm", default="nm")
    o = a.parse_args()
    out = subprocess.run([o.nm, "-D", "--defined-only", o.library], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    have = {line.split()[-1] for line in out.splitlines() if line.strip()} - {o.node}
    with open(o.list, encoding="utf-8") as f:
        want = {f"{name.strip()}@@{o.node}" for name in f if name.strip()}
    for name in sorted(want - have):
        print(f"missing: {name}")
    for name in sorted(have - want):
        print(f"exported but not in {o.list}: {name}")
    print(f"{len(have)} symbols")
    return 1 if have != want else 0


if __name__ == "__main__":
    sys.exit(main())
