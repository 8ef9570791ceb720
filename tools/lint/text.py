#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rules that one line of text can break: SPDX line, snake_case file names, environment variables read in one place only,
no paths of one machine, no exceptions, test files named after their subject."""
import re

import tree

CODE = (".h", ".hpp", ".cpp", ".c", ".cu", ".py", ".td", ".cmake", ".sh", "CMakeLists.txt")
SPDX = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
# Names that CUDA, CMake or Python give, and the fixed names of the house.
NAME = re.compile(r"^([a-z0-9_.\-]+|CMakeLists\.txt|[A-Z]+\.md|LICENSE|[A-Z]\w*\.cmake|CMakePresets\.json|[A-Z]\w*\.td|"
                  r"[A-Z]\w*\.def|(cu(da)?|nvml|nvrtc)\w+\.cpp|(cu|nv)\w+\.h)$")
# The folders are assembled, so that this file does not find itself.
MACHINE = re.compile("(?<![A-Za-z0-9_.$])/(" + "|".join(["ho" + "me/[a-z]", "ro" + "ot/", "wo" + "rk/", "Us" + "ers/"]) + ")")
GETENV = re.compile(r"\b(secure_)?getenv\s*\(")
THROW = re.compile(r"^\s*(throw\s|try\s*\{)|\bcatch\s*\(")

breaks, checked = [], 0
for path in tree.files():
    name = path.split("/")[-1]
    if path.startswith(tree.DATA):
        continue
    checked += 1
    if not NAME.match(name):
        breaks.append(f"{path}: file names are snake_case")
    if not path.endswith(CODE):
        continue
    text = tree.lines(path)
    if text and not any(SPDX in line for line in text[:4]):
        breaks.append(f"{path}:1: no SPDX line ({SPDX})")
    inRuntime = path.startswith(("runtime/", "shim/", "tools/cli/"))
    for number, line in enumerate(text, 1):
        if MACHINE.search(line):
            breaks.append(f"{path}:{number}: the path of one machine: {line.strip()[:80]}")
        if inRuntime and GETENV.search(line) and not path.startswith(("runtime/support/", "tools/cli/environment.cpp")):
            breaks.append(f"{path}:{number}: environment variables are read in runtime/support only")
        # CLI11 reports bad command lines by exceptions; they end in that one file.
        if inRuntime and path != "tools/cli/main.cpp" and THROW.search(line) and not line.lstrip().startswith("//"):
            breaks.append(f"{path}:{number}: exceptions are off; return Result")
tree.finish("text", breaks, checked)
