// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Images that cannot be loaded or linked, and what modules do not allow.
#include "errors.h"
#include "image/writer.h"

#include <fstream>
#include <unistd.h>

namespace {

using anywarp::image::Kind;
using anywarp::image::NewImage;

constexpr const char* kBroken = ".version 8.0\n.target sm_70\n.address_size 64\n"
                                ".visible .entry f() { bra nowhere; ret; }\n";
constexpr const char* kFuture = ".version 99.0\n.target sm_70\n.address_size 64\n"
                                ".visible .entry f() { ret; }\n";
constexpr const char* kHuge = ".version 8.0\n.target sm_70\n.address_size 64\n"
                              ".visible .global .align 4 .b8 much[1125899906842624];\n"
                              ".visible .entry f() { ret; }\n";

class CudaModuleErrors : public CudaErrors {
protected:
  // A file with these bytes; gone after the test.
  std::string file(const void* bytes, size_t size) {
    std::string path = ::testing::TempDir() + "anywarp_errors_" + std::to_string(getpid()) + "_" +
                       std::to_string(files.size());
    std::ofstream(path, std::ios::binary).write(static_cast<const char*>(bytes), long(size));
    files.push_back(path);
    return path;
  }
  std::string file(const char* text) { return file(text, strlen(text) + 1); }
  // Only machine code of an NVIDIA GPU.
  static std::vector<std::byte> onlyMachineCode() {
    NewImage cubin;
    cubin.kind = Kind::Cubin;
    cubin.arch = 90;
    cubin.bytes = "\177ELF, which nobody here looks at";
    return anywarp::image::writeFatbin({&cubin, 1});
  }
  void TearDown() override {
    for (const std::string& path : files)
      unlink(path.c_str());
    CudaErrors::TearDown();
  }
  std::vector<std::string> files;
};

TEST_F(CudaModuleErrors, images) {
  auto cubin = onlyMachineCode();
  const struct {
    CUresult error;
    const void* image;
    std::string path;
  } cases[] = {
      {CUDA_ERROR_INVALID_PTX, kBroken, file(kBroken)},
      {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, kFuture, file(kFuture)},
      {CUDA_ERROR_NO_BINARY_FOR_GPU, cubin.data(), file(cubin.data(), cubin.size())},
      {CUDA_ERROR_OUT_OF_MEMORY, kHuge, file(kHuge)},
  };
  for (const auto& c : cases) {
    CUmodule m = nullptr;
    CUlibrary l = nullptr;
    const char* path = c.path.c_str();
    EXPECT_EQ(c.error, cuModuleLoadData(&m, c.image));
    EXPECT_EQ(c.error, cuModuleLoadDataEx(&m, c.image, 0, nullptr, nullptr));
    EXPECT_EQ(c.error, cuModuleLoadFatBinary(&m, c.image));
    EXPECT_EQ(c.error, cuModuleLoad(&m, path));
    // A library's code is read at once; its text is looked at, and its variables are made, when a
    // context asks for them.
    if (c.error != CUDA_ERROR_NO_BINARY_FOR_GPU)
      continue;
    EXPECT_EQ(c.error, cuLibraryLoadData(&l, c.image, nullptr, nullptr, 0, nullptr, nullptr, 0));
    EXPECT_EQ(c.error, cuLibraryLoadFromFile(&l, path, nullptr, nullptr, 0, nullptr, nullptr, 0));
  }
  CUmodule m = nullptr;
  EXPECT_CU(cuModuleLoad(&m, file(kGraphPtx).c_str()));
  EXPECT_CU(cuModuleUnload(m));
  EXPECT_CU(cuModuleLoadDataEx(&m, kGraphPtx, 0, nullptr, nullptr));
  EXPECT_CU(cuModuleUnload(m));
}

TEST_F(CudaModuleErrors, DISABLED_eager_libraries) {
  const struct {
    CUresult error;
    const char* text;
  } cases[] = {{CUDA_ERROR_INVALID_PTX, kBroken}, {CUDA_ERROR_UNSUPPORTED_PTX_VERSION, kFuture}};
  for (const auto& c : cases) {
    CUlibrary l = nullptr;
    EXPECT_EQ(c.error, cuLibraryLoadData(&l, c.text, nullptr, nullptr, 0, nullptr, nullptr, 0));
    EXPECT_EQ(c.error, cuLibraryLoadFromFile(&l, file(c.text).c_str(), nullptr, nullptr, 0, nullptr,
                                             nullptr, 0));
  }
}

// "If module loading is set to EAGER ... the library is loaded eagerly into all contexts."
TEST_F(CudaModuleErrors, eager_libraries) {
  EXPECT_EQ(0, inProcessWith("CUDA_MODULE_LOADING", "EAGER",
                             "CudaModuleErrors.DISABLED_eager_libraries"));
}

TEST_F(CudaModuleErrors, links) {
  CUlinkState link = nullptr;
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &link));
  auto add = [&](const void* data, size_t size, CUjitInputType type = CU_JIT_INPUT_PTX) {
    return cuLinkAddData(link, type, const_cast<void*>(data), size, "part", 0, nullptr, nullptr);
  };
  auto addFile = [&](const std::string& path, CUjitInputType type = CU_JIT_INPUT_PTX) {
    return cuLinkAddFile(link, type, path.c_str(), 0, nullptr, nullptr);
  };
  auto cubin = onlyMachineCode();
  FAILS(NO_BINARY_FOR_GPU, add(cubin.data(), cubin.size(), CU_JIT_INPUT_FATBINARY));
  FAILS(NO_BINARY_FOR_GPU, addFile(file(cubin.data(), cubin.size()), CU_JIT_INPUT_FATBINARY));
  FAILS(INVALID_IMAGE, addFile(file("neither this nor that"), CU_JIT_INPUT_FATBINARY));
  // Texts are looked at when all of them are there.
  void* image = nullptr;
  size_t bytes = 0;
  EXPECT_CU(add(kBroken, strlen(kBroken) + 1));
  FAILS(INVALID_PTX, cuLinkComplete(link, &image, &bytes));
  EXPECT_CU(cuLinkDestroy(link));
  ASSERT_CU(cuLinkCreate(0, nullptr, nullptr, &link));
  EXPECT_CU(addFile(file(kFuture)));
  FAILS(UNSUPPORTED_PTX_VERSION, cuLinkComplete(link, &image, &bytes));
  EXPECT_CU(cuLinkDestroy(link));
}

TEST_F(CudaModuleErrors, modules_and_functions) {
  CUlibrary library = nullptr;
  CUmodule m = nullptr;
  ASSERT_CU(cuLibraryLoadData(&library, kGraphPtx, nullptr, nullptr, 0, nullptr, nullptr, 0));
  ASSERT_CU(cuLibraryGetModule(&m, library));
  FAILS(NOT_PERMITTED, cuModuleUnload(m)); // it is the library's
  EXPECT_CU(cuLibraryUnload(library));
  FAILS(INVALID_VALUE, cuLibraryUnload(library));
  FAILS(INVALID_VALUE, cuLibraryUnload(nullptr));
  FAILS(INVALID_VALUE, cuModuleUnload(nullptr));
  FAILS(INVALID_VALUE, cuFuncSetBlockShape(bump, 0, 1, 1));
  FAILS(INVALID_VALUE, cuFuncSetSharedSize(bump, 1u << 30));
  FAILS(INVALID_VALUE, cuParamSetSize(bump, 1u << 30));
  FAILS(INVALID_VALUE, cuParamSeti(bump, -4, 1));
  size_t bytes = 0;
  CUdeviceptr p = 0;
  FAILS(NOT_FOUND, cuModuleGetGlobal(&p, &bytes, module, "nothing of this name"));
}

} // namespace
