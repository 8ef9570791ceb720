#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Turns the API tables of headers/api into code, headers and pages.

  api.py build    --top headers/api/cuda/cuda.td --out DIR [--cuda N]  glue for the build tree:
                  impl.h entry.cpp print.h print.cpp proc_address.inc errors.inc
  api.py exports  --top ... --out FILE [--node NAME] [--cuda 12090]   linker version script
  api.py header   --top ... --out FILE [--cuda 13000]         public header (committed)
  api.py typedefs --top ... --out FILE                        pointer types of the functions (committed)
  api.py coverage --top ... --out FILE                        coverage page (committed)
  api.py symbols  --top ... --out FILE [--cuda N]             exported names, one a line
With --check nothing is written: exit status 1 and a message when FILE differs.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
from api_gen import docs, entry, header, model  # noqa: E402


HEADERS = {"nvml": header.nvml_header, "cuda": lambda lib: header.cuda_header(lib, 13000)}


def put(path, text, check):
    old = None
    if os.path.exists(path):
        with open(path, encoding="utf-8") as f:
            old = f.read()
    if old == text:
        return True
    if check:
        print(f"{path} is not what headers/api says; run 'ninja generate' and commit the result")
        return False
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return True


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("what", choices=["build", "exports", "header", "coverage", "symbols", "typedefs"])
    a.add_argument("--top", required=True)
    a.add_argument("--out", required=True)
    a.add_argument("--tblgen", default="llvm-tblgen-19")
    a.add_argument("--include", help="default: the folder above --top's")
    a.add_argument("--node", default="")
    a.add_argument("--cuda", type=int, default=0)
    a.add_argument("--check", action="store_true")
    o = a.parse_args()
    include = o.include or os.path.dirname(os.path.dirname(os.path.abspath(o.top)))
    lib = model.load(o.tblgen, include, o.top)
    if o.what == "build":
        if o.cuda:
            lib = lib.at(o.cuda)
        files = {"impl.h": entry.impl_declarations(lib), "entry.cpp": entry.entry_points(lib),
                 "print.h": entry.print_header(lib), "print.cpp": entry.print_source(lib),
                 "proc_address.inc": entry.proc_address(lib), "errors.inc": entry.errors_table(lib)}
        ok = all([put(os.path.join(o.out, n), t, o.check) for n, t in files.items()])
    else:
        text = {"exports": lambda: entry.exports(lib, o.node, o.cuda),
                "header": lambda: HEADERS.get(lib.name, header.small_header)(lib),
                "typedefs": lambda: header.typedefs_header(lib),
                "coverage": lambda: docs.coverage(lib),
                "symbols": lambda: "".join(s + "\n" for s in sorted({s.name for s in entry.exported(lib, o.cuda)}))}
        ok = put(o.out, text[o.what](), o.check)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
