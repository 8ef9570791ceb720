// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// AW_API: visible outside the shared library that holds it. Log, options and trace live once, in
// libanywarp.so; shims and backends link that library before anywarp_support.a, so that theirs is
// it.
#pragma once

#define AW_API __attribute__((visibility("default")))
