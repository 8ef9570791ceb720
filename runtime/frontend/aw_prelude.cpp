// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// aw-prelude MODULE FOLDER: has the front end write its usual preludes, for the build.
#include "frontend/frontend.h"

#include <cstdio>
#include <dlfcn.h>

int main(int argc, char** argv) {
  using namespace anywarp::frontend;
  void* module = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
  auto* door = module ? static_cast<const Door*>(dlsym(module, kDoorSymbol)) : nullptr;
  if (!door) {
    std::fprintf(stderr, "aw-prelude: %s\n",
                 argc == 3 ? dlerror() : "usage: aw-prelude MODULE FOLDER");
    return 2;
  }
  anywarp::Result<void> written = door->writePreludes(argv[2]);
  if (!written)
    std::fprintf(stderr, "aw-prelude: %s\n", written.error().message.c_str());
  return written ? 0 : 1;
}
