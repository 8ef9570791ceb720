// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The queries of `anywarp smi`: fields by the names that nvidia-smi uses, as comma-separated lines.
#pragma once

#include "nvml.h"

#include <string>

namespace anywarp::cli {

struct CsvFormat {
  bool header = true, units = true;
};
// "csv", "csv,noheader", "csv,noheader,nounits"; an error says what is not understood.
Result<CsvFormat> parseFormat(const std::string& text);

// The lines for all devices, or for all processes on them; an error names an unknown field and
// lists the known ones.
Result<std::string> queryDevices(const NvmlReport& report, const std::string& fields,
                                 const CsvFormat& format);
Result<std::string> queryProcesses(const NvmlReport& report, const std::string& fields,
                                   const CsvFormat& format);

} // namespace anywarp::cli
