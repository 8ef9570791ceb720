// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads the tables of times that the processes of one run left in ANYWARP_PROFILE_DIR. For the
// command line. Stateless.
#pragma once

#include "support/export.h"
#include "support/timeline.h"

#include <cstdint>
#include <string>
#include <vector>

namespace anywarp::timeline {

struct ProfileRow {
  Kind kind = Kind::Api;
  std::string name;
  uint64_t count = 0, total = 0, least = 0, most = 0; // nanoseconds
  uint64_t bytes = 0;
};
// Of all processes together, in no order. Files that are no tables are passed over.
AW_API std::vector<ProfileRow> readProfile(const std::string& folder);

} // namespace anywarp::timeline
