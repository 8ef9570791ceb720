#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Packs headers into one file for embedded.cpp: path NUL size NUL bytes NUL, sorted by path.

  pack_headers.py --out FILE --include FOLDER --clang FOLDER    FOLDER/__clang_cuda_*.h only of the second
"""
import argparse
import os


def files(folder, wanted):
    for base, folders, names in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(base, name)
            if wanted(name):
                yield os.path.relpath(path, folder), path


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("out", "include", "clang"):
        a.add_argument("--" + name, required=True)
    o = a.parse_args()
    rows = [("/anywarp/include/" + n, p) for n, p in files(o.include, lambda n: True)]
    rows += [("/anywarp/clang/" + n, p) for n, p in files(o.clang, lambda n: n.startswith("__clang_cuda_"))]
    with open(o.out, "wb") as out:
        for name, path in rows:
            with open(path, "rb") as f:
                data = f.read()
            out.write(name.encode() + b"\0" + str(len(data)).encode() + b"\0" + data + b"\0")


if __name__ == "__main__":
    main()
