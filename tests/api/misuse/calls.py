#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes how to call each function of an API that works, with arguments of anybody's choice.

  calls.py --gen tools/gen --top headers/api/cuda/cuda.td --documented FILE --out calls.inc

One line a symbol: name, parameters with their kinds, a lambda that calls it, and the errors that the
manual names for the function (FILE: "name code code ...").
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True


def kinds_of(lib):
    kinds = {t.name: {"handle": "Handle", "enum": "Enum", "struct": "Struct", "fnptr": "Function"}.get(t.kind)
             for t in lib.types}
    kinds.update({"CUdeviceptr": "Address", "CUdevice": "Device"})
    # Handles that are numbers, and those of the runtime API, whose types have no records.
    for name in ("CUtexObject", "CUsurfObject", "CUmemGenericAllocationHandle", "CUgraphConditionalHandle",
                 "cudaTextureObject_t", "cudaSurfaceObject_t", "cudaGraphConditionalHandle", "cudaStream_t",
                 "cudaEvent_t", "cudaGraph_t", "cudaGraphNode_t", "cudaGraphExec_t", "cudaArray_t",
                 "cudaArray_const_t", "cudaMipmappedArray_t", "cudaMipmappedArray_const_t", "cudaMemPool_t",
                 "cudaFunction_t", "cudaLibrary_t", "cudaKernel_t", "cudaUserObject_t", "cudaExternalMemory_t",
                 "cudaExternalSemaphore_t", "cudaGraphicsResource_t", "cudaGraphDeviceNode_t"):
        kinds[name] = "Handle"
    return kinds


def kind_of(param, kinds):
    text = param.type.replace("const ", "").strip()
    if text.endswith("*"):
        if param.direction != "in":
            return "Out"
        return "Text" if param.type == "const char*" else "In"
    if text == "int" and param.name in ("device", "dev", "peerDevice", "srcDevice", "dstDevice"):
        return "Device"
    return kinds.get(text) or "Number"


def main():
    a = argparse.ArgumentParser()
    for name in ("--gen", "--top", "--documented", "--out"):
        a.add_argument(name, required=True)
    a.add_argument("--tblgen", default="llvm-tblgen-19")
    a.add_argument("--cuda", type=int, default=0, help="only what this version has")
    o = a.parse_args()
    sys.path.insert(0, o.gen)
    from api_gen import model
    lib = model.load(o.tblgen, os.path.dirname(os.path.dirname(os.path.abspath(o.top))), o.top)
    if o.cuda:
        lib = lib.at(o.cuda)
    documented = {}
    with open(o.documented, encoding="utf-8") as f:
        for line in f:
            words = line.split("#")[0].split()
            if words:
                documented[words[0]] = words[1:]
    kinds = kinds_of(lib)
    lines = []
    for s in lib.symbols():
        f, v = s.function, s.version
        if s.per_thread or v.status not in ("full", "partial") or f.returns not in ("", lib.result):
            continue
        if any("_v1*" in p.type and "CUdeviceptr" in p.type or p.type == "..." for p in v.params):
            continue
        params = ", ".join(f'{{"{p.name}", kindOf<{p.type}>(Kind::{kind_of(p, kinds)})}}' for p in v.params)
        args = ", ".join(f"a.get<{p.type}>({i}, kindOf<{p.type}>(Kind::{kind_of(p, kinds)}))" for i, p in enumerate(v.params))
        types = ", ".join(p.type for p in v.params)
        if f.name.startswith("__"):
            continue # what compilers call has no page
        codes = ", ".join(documented.get(f.name, []))
        lines.append(f'{{"{s.name}", "{f.name}", {str(f.needs_init).lower()}, {{{params}}},\n'
                     f' [](void* f, [[maybe_unused]] Arguments& a) {{ return int(reinterpret_cast<{lib.result} (*)({types})>(f)({args})); }},\n'
                     f' {{{codes}}}}},\n')
    with open(o.out, "w", encoding="utf-8") as f:
        f.write("".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
