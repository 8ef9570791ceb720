#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the option table at the end of docs/nvcc.md from tools/nvcc/options.td; what stands before it is written by hand.

  nvcc_page.py --tblgen llvm-tblgen-19 --include LLVM_INCLUDE_DIR tools/nvcc/options.td --page docs/nvcc.md [--check]
"""
import argparse
import json
import pathlib
import subprocess
import sys

MARK = "<!-- Generated below this line by tools/gen/nvcc_page.py from tools/nvcc/options.td. -->\n"


def table(tblgen, include, source):
    dump = json.loads(subprocess.run([tblgen, "--dump-json", "-I", include, source], check=True, capture_output=True,
                                     text=True).stdout)
    options = [dump[name] for name in dump["!instanceof"]["Option"]]
    shorts = {o["Alias"]["def"]: o["Name"] for o in options
              if o["Alias"] and o["Prefixes"] == ["-"] and not o["Name"].endswith("=")}
    order = {}  # sections and options as the table has them
    for option in options:
        if option["Group"] and option["HelpText"]:
            order.setdefault(option["Group"]["def"], []).append(option)

    def line(record):  # of the defm that made it, not of the multiclass
        return max(int(place.split(":")[-1]) for place in record["!locs"])

    out = []
    for section in sorted(order, key=lambda name: line(dump[name])):
        out += [f"\n### {dump[section]['Name']}\n", "| option | short | meaning |", "|---|---|---|"]
        for o in sorted(order[section], key=line):
            value = f" {o['MetaVarName']}" if o["MetaVarName"] else ""
            cells = [f"`--{o['Name']}{value}`", f"`-{shorts[o['!name']]}`", o["HelpText"]]
            out.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    for name in ("tblgen", "include", "page"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    page = pathlib.Path(args.page)
    before = page.read_text()
    text = before.split(MARK)[0] + MARK + table(args.tblgen, args.include, args.source)
    if args.check and text != before:
        sys.exit(f"{args.page} is not what {args.source} says; run tools/gen/nvcc_page.py without --check")
    if not args.check:
        page.write_text(text)


if __name__ == "__main__":
    main()
