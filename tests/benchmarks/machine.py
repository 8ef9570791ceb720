# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a table of times must say about the machine."""
import os
import platform

# Of /proc/cpuinfo: what bench_native_avx512 and bench_native_avx2 are compiled for, and what explains figures.
AVX512 = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_vnni", "avx512vbmi", "avx512_vbmi2"}
AVX2 = {"avx2", "fma", "bmi2", "f16c"}
TOLD = sorted(AVX512 | AVX2 | {"sse4_2", "avx_vnni", "avx512_fp16", "avx512_bf16", "amx_int8", "amx_bf16", "sha_ni", "gfni"})


def cpuinfo():
    found = {}
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    return found


def isa():
    if platform.machine() not in ("x86_64", "AMD64"):
        return "native"
    flags = set(cpuinfo().get("flags", "").split())
    return "avx512" if AVX512 <= flags else "avx2" if AVX2 <= flags else "sse4"


def describe():
    info = cpuinfo()
    flags = set(info.get("flags", "").split())
    return {"cpu": info.get("model name", platform.machine()),
            "family": f"{info.get('cpu family', '?')}/{info.get('model', '?')}",
            "flags": [f for f in TOLD if f in flags], "threads": len(os.sched_getaffinity(0)),
            "cache": info.get("cache size", "?"), "kernel": platform.release(), "load": os.getloadavg()}
