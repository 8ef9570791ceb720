// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cuLink*: several images become one.
#include "cuda/support.h"

namespace anywarp::cuda {

Result<void> linkCreate(unsigned int count, CUjit_option* options, void** values,
                        CUlinkState* state) {
  AW_ARG(state, "stateOut is null");
  AW_LET(context, core::Context::require());
  (void)context;
  AW_LET(jit, jitOptions(count, options, values));
  AW_LET(linker, core::Linker::create(jit));
  *state = asHandle<CUlinkState>(linker);
  return {};
}

Result<void> linkAddData(CUlinkState state, CUjitInputType type, void* data, size_t size,
                         const char* name, unsigned int count, CUjit_option* options,
                         void** values) {
  AW_ARG(data && size, "no data");
  AW_LET(linker, findLinker(state));
  AW_LET(jit, jitOptions(count, options, values));
  (void)jit;
  return linker->addData(type, data, size, name);
}

Result<void> linkAddFile(CUlinkState state, CUjitInputType type, const char* path,
                         unsigned int count, CUjit_option* options, void** values) {
  AW_ARG(path, "path is null");
  AW_LET(linker, findLinker(state));
  AW_LET(jit, jitOptions(count, options, values));
  (void)jit;
  return linker->addFile(type, path);
}

Result<void> linkComplete(CUlinkState state, void** image, size_t* size) {
  AW_ARG(image, "cubinOut is null");
  AW_LET(linker, findLinker(state));
  AW_LET(linked, linker->complete());
  *image = const_cast<char*>(linked.data());
  if (size)
    *size = linked.size();
  return {};
}

Result<void> linkDestroy(CUlinkState state) {
  AW_LET(linker, findLinker(state));
  return linker->destroy();
}

} // namespace anywarp::cuda
