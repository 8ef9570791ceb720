#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# run.sh NVCC SOURCE LIBRARY_FOLDER WORK_FOLDER [nvcc options]: builds and runs; 77 means skipped.
nvcc=$1 source=$2 libraries=$3 work=$4
shift 4
if [ ! -x "$nvcc" ]; then
  echo "SKIPPED: no nvcc; this test needs the CUDA toolkit's compiler"
  exit 77
fi
set -e
mkdir -p "$work"
"$nvcc" -w -cudart static "$@" -o "$work/program" "$source"
LD_LIBRARY_PATH=$libraries exec "$work/program"
