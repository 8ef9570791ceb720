#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the packages, builds a preset and runs every test. Quick the second time.
#   tools/test.sh [PRESET [CTEST OPTIONS...]]      PRESET: dev (default), release, asan, tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-dev}
shift || true

tools/setup.sh
cmake --preset "$preset"
cmake --build --preset "$preset"
# Tests share the machine's cores with the worker pool of the runtime they test.
ctest --preset "$preset" -j "$(nproc)" "$@"
