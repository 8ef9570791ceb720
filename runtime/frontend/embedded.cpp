// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frontend/embedded.h"

#include <cstring>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/xxhash.h>

// Packed by pack_headers.py: for each file its path, its size in decimal and its bytes, each ended
// by a NUL.
asm(".section .rodata\n"
    ".balign 16\n"
    "aw_headers_begin: .incbin \"" AW_HEADERS_PACK "\"\n"
    "aw_headers_end:\n"
    ".balign 16\n"
    "aw_libdevice_begin: .incbin \"" AW_LIBDEVICE "\"\n"
    "aw_libdevice_end:\n"
    ".balign 16\n"
    ".previous\n");
extern "C" const char aw_headers_begin[], aw_headers_end[];
extern "C" const char aw_libdevice_begin[], aw_libdevice_end[];

namespace anywarp::frontend {
namespace {

std::vector<std::pair<llvm::StringRef, llvm::StringRef>> unpack() {
  std::vector<std::pair<llvm::StringRef, llvm::StringRef>> files;
  for (const char* at = aw_headers_begin; at < aw_headers_end;) {
    llvm::StringRef path(at);
    at += path.size() + 1;
    llvm::StringRef digits(at);
    at += digits.size() + 1;
    size_t size = 0;
    digits.getAsInteger(10, size);
    files.emplace_back(path, llvm::StringRef(at, size));
    at += size + 1;
  }
  return files;
}

} // namespace

const std::vector<std::pair<llvm::StringRef, llvm::StringRef>>& embeddedHeaders() {
  static const auto files = unpack();
  return files;
}

llvm::StringRef embeddedLibdevice() {
  return {aw_libdevice_begin, size_t(aw_libdevice_end - aw_libdevice_begin)};
}

const std::string& embeddedHash() {
  static const std::string hash =
      llvm::utohexstr(llvm::xxh3_64bits(llvm::StringRef(aw_headers_begin,
                                                        size_t(aw_headers_end - aw_headers_begin))),
                      true);
  return hash;
}

} // namespace anywarp::frontend
