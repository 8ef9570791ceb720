#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares a library's exported symbols with a committed list of names, and with NVIDIA's stub
library where the toolkit is installed (without it that half is skipped, visibly).

  exports.py LIBRARY LIST [--stub /path/to/libcuda.so] [--nm nm]
"""
import argparse
import os
import subprocess
import sys


def exported(nm, path):
    out = subprocess.run([nm, "-D", "--defined-only", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    names = {line.split()[-1].split("@")[0] for line in out.splitlines() if line.strip()}
    return {n for n in names if not n.startswith("_")}


def main():
    a = argparse.ArgumentParser()
    a.add_argument("library")
    a.add_argument("list")
    a.add_argument("--stub", default="")
    a.add_argument("--nm", default="nm")
    o = a.parse_args()
    have = exported(o.nm, o.library)
    with open(o.list, encoding="utf-8") as f:
        want = {line.strip() for line in f if line.strip() and not line.startswith("#")}
    bad = False
    for name in sorted(want - have):
        print(f"missing: {name}")
        bad = True
    for name in sorted(have - want):
        print(f"exported but not in {o.list}: {name}")
        bad = True
    if o.stub and os.path.exists(o.stub):
        for name in sorted(exported(o.nm, o.stub) - have):
            print(f"in NVIDIA's stub library but not here: {name}")
            bad = True
    else:
        print("SKIPPED the comparison with NVIDIA's stub library: no toolkit found")
    print(f"{len(have)} symbols")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
