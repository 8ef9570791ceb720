#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""NVML's Python users as they are: nvidia-ml-py, gpustat, nvitop. What is not installed is skipped and
named; exit status 77 when nothing is.

  tools_test.py --lib build/release/lib --anywarp build/release/bin/anywarp
"""
import argparse
import importlib.util
import json
import os
import subprocess
import sys

DEVICES = "cpu:threads=2,cpu:threads=1:cc=8.6:memory=1G:name=Second device"


def pynvml_inside():
    import pynvml as n
    n.nvmlInit()
    assert n.nvmlDeviceGetCount() == 2
    handle = n.nvmlDeviceGetHandleByIndex(1)
    assert n.nvmlDeviceGetName(handle) == "Second device", n.nvmlDeviceGetName(handle)
    assert n.nvmlDeviceGetIndex(n.nvmlDeviceGetHandleByUUID(n.nvmlDeviceGetUUID(handle))) == 1
    assert n.nvmlDeviceGetMemoryInfo(handle).total == 1 << 30
    assert n.nvmlDeviceGetMemoryInfo(handle, version=n.nvmlMemory_v2).total == 1 << 30
    assert n.nvmlDeviceGetCudaComputeCapability(handle) == (8, 6)
    assert 0 <= n.nvmlDeviceGetUtilizationRates(handle).gpu <= 100
    assert os.getpid() not in [p.pid for p in n.nvmlDeviceGetComputeRunningProcesses(handle)]  # there may be others
    assert n.nvmlSystemGetCudaDriverVersion() == 13000
    try:
        n.nvmlDeviceGetEccMode(handle)
        raise SystemExit("ECC is supported?")
    except n.NVMLError_NotSupported:
        pass
    n.nvmlShutdown()
    print("pynvml good")


def run(environment, *command):
    out = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    if out.returncode != 0:
        sys.exit(f"{' '.join(command)} exits with {out.returncode}:\n{out.stdout}{out.stderr}")
    return out.stdout


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--lib")
    a.add_argument("--anywarp")
    a.add_argument("--inside", action="store_true")
    o = a.parse_args()
    if o.inside:
        return pynvml_inside()
    environment = dict(os.environ, LD_LIBRARY_PATH=o.lib, ANYWARP_DEVICES=DEVICES, PYTHONDONTWRITEBYTECODE="1")
    found = 0
    for module, check in (("pynvml", pynvml), ("gpustat", gpustat), ("nvitop", nvitop)):
        if importlib.util.find_spec(module):
            check(environment)
            found += 1
        else:
            print(f"SKIPPED {module}: not installed for {sys.executable}")
    sys.exit(0 if found else 77)


def pynvml(environment):
    assert "good" in run(environment, sys.executable, "-B", __file__, "--inside")


def gpustat(environment):
    answer = json.loads(run(environment, sys.executable, "-m", "gpustat", "--json"))
    assert [g["name"] for g in answer["gpus"]][1] == "Second device", answer
    assert answer["gpus"][1]["memory.total"] == 1024
    assert "Second device" in run(environment, sys.executable, "-m", "gpustat", "--no-color")


def nvitop(environment):
    out = run(environment, sys.executable, "-m", "nvitop", "--once", "--no-unicode")
    assert "Second device" in out and "1024MiB" in out, out


if __name__ == "__main__":
    main()
