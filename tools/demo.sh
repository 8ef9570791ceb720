#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# From a fresh checkout to a CUDA program running on the CPU: installs the packages, builds the release, compiles a sample
# and runs it. Quick the second time.
#   tools/demo.sh [SAMPLE]      a folder of samples/; mandelbrot if none is named
set -euo pipefail
cd "$(dirname "$0")/.."
sample=${1:-mandelbrot}
if [[ ! -d samples/$sample ]]; then
  echo "demo: no samples/$sample; there are: $(cd samples && echo */ | tr -d /)" >&2
  exit 2
fi

tools/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release --target product
build=build/release
echo
echo "\$ $build/bin/anywarp info"
"$build/bin/anywarp" info
echo
echo "\$ $build/bin/anywarp run -- $build/samples/$sample"
"$build/bin/anywarp" run -- "$build/samples/$sample"
