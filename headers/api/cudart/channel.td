// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
include "cudart/base.td"

let Object = "channel" in {

def cudaCreateChannelDesc : Full<"Makes a channel descriptor from bits and kind.",
    [Version<"", 11000, "int x, int y, int z, int w, cudaChannelFormatKind f">]> { let Returns = "cudaChannelFormatDesc"; }

} // Object
