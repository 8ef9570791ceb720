// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names, texts and entry points of everything that the tables list.
#include "fixture.h"

#include <cstring>
#include <dlfcn.h>
#include <map>
#include <set>
#include <string>

namespace {

struct ErrorRow {
  unsigned value;
  const char *driver, *runtime, *text;
};
const ErrorRow kErrors[] = {
#define AW_ERROR(value, driver, runtime, text, driverCode, runtimeCode)                            \
  {value, driver, runtime, text},
#include "api/cuda/errors.inc"
#undef AW_ERROR
};

TEST(cuGetErrorName, every_code_of_the_header) {
  for (const ErrorRow& row : kErrors) {
    if (!row.driver)
      continue;
    const char *name = nullptr, *text = nullptr;
    EXPECT_CU(cuGetErrorName(CUresult(row.value), &name));
    EXPECT_STREQ(row.driver, name);
    EXPECT_CU(cuGetErrorString(CUresult(row.value), &text));
    EXPECT_STREQ(row.text, text);
  }
  const char* name = "x";
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGetErrorName(CUresult(12345), &name));
  EXPECT_EQ(nullptr, name);
  name = "x";
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGetErrorString(CUresult(12345), &name));
  EXPECT_EQ(nullptr, name);
  EXPECT_EQ(CUDA_ERROR_INVALID_VALUE, cuGetErrorName(CUDA_SUCCESS, nullptr));
}

struct ProcRow {
  const char* name;
  int since;
  bool perThread;
  const char* symbol;
};
const ProcRow kProcs[] = {
#define AW_PROC(name, since, perThread, symbol) {name, since, perThread, #symbol},
#include "api/cuda/proc_address.inc"
#undef AW_PROC
};

// For each name, version and flavour: the newest symbol of that flavour that the version has; the
// plain one where there is no flavour.
TEST(cuGetProcAddress, every_name_version_and_flavour) {
  std::map<std::string, std::vector<const ProcRow*>> byName;
  std::set<int> versions = {1000, 13000};
  for (const ProcRow& row : kProcs) {
    byName[row.name].push_back(&row);
    versions.insert(row.since);
  }
  void* library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
  ASSERT_NE(nullptr, library);
  for (auto& [name, rows] : byName)
    for (int version : versions)
      for (bool perThread : {false, true}) {
        const ProcRow *plain = nullptr, *flavoured = nullptr;
        for (const ProcRow* row : rows) {
          if (row->since > version)
            continue;
          const ProcRow*& best = row->perThread ? flavoured : plain;
          if (!best || row->since >= best->since)
            best = row;
        }
        const ProcRow* want = perThread && flavoured ? flavoured : plain;
        void* got = nullptr;
        CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SUCCESS;
        CUresult result = cuGetProcAddress(name.c_str(), &got, version,
                                           perThread ? CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM
                                                     : CU_GET_PROC_ADDRESS_LEGACY_STREAM,
                                           &status);
        if (!want) {
          EXPECT_EQ(CUDA_ERROR_NOT_FOUND, result) << name << " " << version;
          EXPECT_EQ(CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT, status) << name << " " << version;
          continue;
        }
        EXPECT_EQ(CUDA_SUCCESS, result) << name << " " << version;
        EXPECT_EQ(CU_GET_PROC_ADDRESS_SUCCESS, status) << name << " " << version;
        // The same address or, where versions share parameters, an older name of it.
        if (got != dlsym(library, want->symbol)) {
          Dl_info info = {};
          dladdr(got, &info);
          ADD_FAILURE() << name << " " << version << (perThread ? " per thread" : "") << ": "
                        << (info.dli_sname ? info.dli_sname : "?") << ", not " << want->symbol;
        }
      }
}

} // namespace
