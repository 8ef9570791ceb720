#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Keeps the arrows between the rooms as ARCHITECTURE.md draws them: reads every #include "room/..." and compares."""
import os
import re

import tree

# room: the rooms whose headers it may include, besides its own. The first folder of an include names the room.
ALLOWED = {
    "runtime/support": "",
    "runtime/core": "support image spmd/multimem_abi.h spmd/tensor_map.h spmd/texture_abi.h",
    "runtime/image": "support",
    "runtime/ptx": "support spmd/kernel_abi.h spmd/multimem_abi.h spmd/tensor_map.h",
    "runtime/spmd": "support",
    "runtime/backends/cpu": "support core/backend.h ptx spmd api",
    "runtime/frontend": "support",
    "shim/common": "support core api",
    "shim/cuda": "support core image common api",
    "shim/cudart": "support core image common api",
    "shim/nvml": "support core common api",
    "shim/nvrtc": "support image common frontend api",
    "shim/nvjitlink": "support core image common frontend api",
    "shim/nvvm": "support common frontend api",
    "tools/cli": "support core image api ptx backends/cpu/cache.h",
    "tools/nvcc": "support image ptx",
    # Tests and fuzz targets may look into every room they test, but not the other way round.
    "tests": "support core image ptx spmd backends frontend common cuda cudart nvml api cli tests",
}
# LLVM is known to the compiler rooms only.
LLVM = ("runtime/ptx", "runtime/spmd", "runtime/backends", "runtime/frontend", "tests", "tools", "translator")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def roomOf(path):
    return max((room for room in ALLOWED if path.startswith(room + "/")), key=len, default=None)


breaks, checked = [], 0
topRooms = {room.split("/")[1] for room in ALLOWED if "/" in room} | {"backends", "api", "tests"}
for path in tree.files(".h", ".cpp", ".def", ".inc"):
    room = roomOf(path)
    if not room:
        continue
    checked += 1
    own = "backends/" + room.split("/")[-1] if "backends" in room else room.split("/")[-1]
    allowed = ALLOWED[room].split()
    for number, line in enumerate(tree.lines(path), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(2)
        if target.startswith(("llvm/", "lld/", "clang/", "llvm-c/")) and not room.startswith(LLVM):
            breaks.append(f"{path}:{number}: LLVM headers are for {', '.join(LLVM)}")
        if match.group(1) != '"' or "/" not in target or target.split("/")[0] not in topRooms:
            continue
        if target.startswith(own + "/") or target in allowed or target.split("/")[0] in allowed:
            continue
        breaks.append(f"{path}:{number}: {room} may not include {target} (allowed: {', '.join(allowed) or 'nothing'})")
tree.finish("layers", breaks, checked)
