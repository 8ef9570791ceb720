// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All instruction tables. Order of records with one mnemonic is the order in which they are tried.
include "Base.td"
include "integer.td"
include "float.td"
include "compare.td"
include "memory.td"
include "control.td"
include "video.td"
include "async.td"
include "mbarrier.td"
include "matrix.td"
include "texture.td"
