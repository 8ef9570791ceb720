// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes sample images for cli_test.py into the folder that is its only argument.
#include "bytes_util.h"

#include <cstdio>
#include <cstdlib>

using namespace anywarp::image;

namespace {

std::string folder;

void put(const char* name, std::string_view bytes) {
  FILE* f = std::fopen((folder + "/" + name).c_str(), "wb");
  if (!f || std::fwrite(bytes.data(), 1, bytes.size(), f) != bytes.size() || std::fclose(f) != 0)
    std::exit(1);
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  folder = argv[1];
  std::string ptx = ptxFor(80, "_Z3addPfi"), other = ptxFor(80, "second");
  std::string cubin = makeCubin(75, {"_Z3addPfi"});
  NewImage images[2] = {{Kind::Cubin, 75, 8, 1, Compression::Zstd, cubin, "a.cu", {}},
                        {Kind::Ptx, 80, 7, 0, Compression::Lz4, ptx, "a.cu", {}}};
  std::string both = toString(writeFatbin(images));
  put("both.fatbin", both);
  put("cubin_only.fatbin", toString(writeFatbin({images, 1})));
  put("sm75.cubin", cubin);
  put("add.ptx", ptx);
  NewImage second{Kind::Ptx, 80, 7, 0, Compression::None, other, "b.cu", {}};
  std::string two = toString(writeFatbin({&second, 1}));
  put("two.o", makeElf(62, ET_REL, 0, 0, {{"__nv_relfatbin", both + two}},
                       {{"cudaMalloc", ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE), 0, SHN_UNDEF}}));
  put("foreign.so", makeElf(EM_S390, ET_DYN, 0, 0, {{".nv_fatbin", both}}));
  put("truncated.fatbin", std::string_view(both).substr(0, both.size() - 8));
  put("damaged.fatbin", std::string("\x50\xED\x55\xBA") + std::string(40, '\xFF'));
  put("empty", "");
  put("text", "hello\n");
}
