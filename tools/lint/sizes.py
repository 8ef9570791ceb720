#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Stops files that grew too long to be read: 800 lines of code, 300 for ARCHITECTURE.md. A file that is too long lacks a
noun; split it by object or family. Generated files and tables are exempt."""
import tree

LIMIT = 800
ADVICE = 500

breaks, checked, long = [], 0, []
for path in tree.files(".h", ".cpp", ".py", ".cu", ".cmake", ".sh", "CMakeLists.txt"):
    if path.startswith(tree.DATA) or tree.isGenerated(path):
        continue
    checked += 1
    count = len(tree.lines(path))
    if count > LIMIT:
        breaks.append(f"{path}: {count} lines, the limit is {LIMIT}")
    elif count > ADVICE:
        long.append(f"{path}: {count} lines, better below {ADVICE}")
if "ARCHITECTURE.md" in tree.files(".md") and len(tree.lines("ARCHITECTURE.md")) > 300:
    breaks.append(f"ARCHITECTURE.md: {len(tree.lines('ARCHITECTURE.md'))} lines, the limit is 300")
for line in long:
    print("note: " + line)
tree.finish("sizes", breaks, checked)
