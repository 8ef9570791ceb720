#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the packages, builds a preset and runs every test. Quick the second time.
#   tools/test.sh [PRESET [CTEST OPTIONS...]]      PRESET: release (default; tools/demo.sh's tree), dev, asan, tsan
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true

tools/setup.sh
cmake --preset "$preset" -DANYWARP_TESTS=ON
cmake --build --preset "$preset"
# Tests share the machine's cores with the worker pool of the runtime they test.
ctest --preset "$preset" --no-tests=error -j "$(nproc)" "$@"
