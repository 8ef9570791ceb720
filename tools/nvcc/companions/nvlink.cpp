// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// nvlink: links the device code of objects, libraries, PTX, cubins and fatbins into one file that
// cuModuleLoad takes. The work is cuLink's, of the driver in this toolkit. (nvcc does not call it:
// programs are linked when they are loaded.)
#include "arguments.h"
#include "session.h"
#include "toolchain.h"

#include <cuda.h>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>

using namespace anywarp::nvcc;

namespace {

constexpr const char* kHelp = "Usage: nvlink [options] file...\n"
                              "  -arch, --arch sm_NN         accepted: PTX is linked\n"
                              "  -o, --output-file FILE      output, a.out if not given\n"
                              "  -L FOLDER, -l NAME          libraries\n"
                              "Other options of NVIDIA's nvlink are accepted and have no effect.\n";

CUjitInputType typeOf(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension();
  return extension == ".ptx"      ? CU_JIT_INPUT_PTX
         : extension == ".fatbin" ? CU_JIT_INPUT_FATBINARY
         : extension == ".cubin"  ? CU_JIT_INPUT_CUBIN
         : extension == ".a"      ? CU_JIT_INPUT_LIBRARY
                                  : CU_JIT_INPUT_OBJECT;
}

template <typename Function> Function* find(void* driver, const char* name) {
  return reinterpret_cast<Function*>(dlsym(driver, name));
}

int link(void* driver, const std::vector<std::string>& files, const std::string& output) {
  auto* init = find<CUresult(unsigned)>(driver, "cuInit");
  auto* retain = find<CUresult(CUcontext*, CUdevice)>(driver, "cuDevicePrimaryCtxRetain");
  auto* setCurrent = find<CUresult(CUcontext)>(driver, "cuCtxSetCurrent");
  auto* create = find<decltype(cuLinkCreate)>(driver, "cuLinkCreate_v2");
  auto* addFile = find<decltype(cuLinkAddFile)>(driver, "cuLinkAddFile_v2");
  auto* complete = find<decltype(cuLinkComplete)>(driver, "cuLinkComplete");
  if (!init || !retain || !setCurrent || !create || !addFile || !complete)
    return failTool("nvlink", "the driver is incomplete");
  CUcontext context = nullptr;
  char messages[8192] = "";
  CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void* values[] = {messages, reinterpret_cast<void*>(sizeof messages)};
  CUlinkState state = nullptr;
  if (init(0) || retain(&context, 0) || setCurrent(context) || create(2, options, values, &state))
    return failTool("nvlink", "the driver does not start");
  for (const std::string& file : files)
    if (CUresult code = addFile(state, typeOf(file), file.c_str(), 0, nullptr, nullptr))
      return failTool(
          "nvlink", fmt::format("'{}' cannot be linked (error {}) {}", file, int(code), messages));
  void* image = nullptr;
  size_t size = 0;
  if (CUresult code = complete(state, &image, &size))
    return failTool("nvlink", fmt::format("linking fails (error {}) {}", int(code), messages));
  Session session({});
  auto written = session.write(output, {static_cast<const char*>(image), size});
  return written ? 0 : failTool("nvlink", written.error().message);
}

} // namespace

int main(int argc, char** argv) {
  Arguments arguments(argc, argv,
                      {"arch", "o", "output-file", "L", "library-path", "l", "library", "m",
                       "register-link-binaries", "cpu-arch", "host-ccbin", "maxrregcount"});
  if (arguments.has("h") || arguments.has("help"))
    return std::fputs(kHelp, stdout), 0;
  if (arguments.has("V") || arguments.has("version"))
    return printToolVersion("nvlink", "Cuda linker");
  std::vector<std::string> files = arguments.files;
  for (const std::string& name : arguments.values["l"])
    for (const std::string& folder : arguments.values["L"])
      if (std::filesystem::exists(folder + "/lib" + name + ".a"))
        files.push_back(folder + "/lib" + name + ".a");
  if (files.empty())
    return failTool("nvlink", "No input files specified; use option --help for more information");
  std::error_code error;
  auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  std::string path = self.parent_path().parent_path() / "lib64/libcuda.so.1";
  void* driver = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!driver)
    return failTool("nvlink", fmt::format("cannot load the driver: {}", dlerror()));
  return link(driver, files, arguments.last({"o", "output-file"}, "a.out"));
}
