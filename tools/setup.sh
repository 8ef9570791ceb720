#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs what building and testing need on Debian 12; asks nothing, and does nothing where all is there already.
#   tools/setup.sh              the packages of the build and the tests
#   tools/setup.sh benchmarks   those of tests/benchmarks as well
set -euo pipefail

packages=(
  cmake ninja-build ccache mold python3 git
  clang-19 llvm-19 llvm-19-dev llvm-19-tools libclang-19-dev lld-19 liblld-19-dev libclang-rt-19-dev
  clang-format-19 clang-tidy-19
  libclc-19                               # device mathematics in headers/libdevice
  zlib1g-dev libxml2-dev                  # looked for by LLVM's CMake files; zlib is for cuMemBatchDecompressAsync, too
  libcli11-dev libffi-dev libboost-context-dev libxxhash-dev liblz4-dev libzstd-dev
  libfmt-dev nlohmann-json3-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  libmpfr-dev                             # references of the instruction tests
)
if [[ "${1:-}" == benchmarks ]]; then
  packages+=(libomp-19-dev pocl-opencl-icd ocl-icd-opencl-dev opencl-headers libopenblas-dev)
fi

missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then
  exit 0
fi

echo "setup: installing ${missing[*]}"
asRoot=()
if [[ $EUID -ne 0 ]]; then
  command -v sudo >/dev/null || { echo "setup: run as root, or install sudo" >&2; exit 1; }
  asRoot=(sudo)
fi
install() {
  "${asRoot[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}
# clang-19 lives in bookworm's own archive (since 12.9); a stale index is the usual reason for a first failure.
install || { "${asRoot[@]}" apt-get update && install; }
