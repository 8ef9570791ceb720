// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// aw-compile FILE.ptx KERNEL OUT.so: the compile driver by hand, for people who work on ptx/ and
// spmd/. FILE.ll holds one-thread IR instead of PTX. Without KERNEL and OUT.so it lists the
// kernels.
#include "compile.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IRReader/IRReader.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>
#include <sstream>

namespace {

using namespace anywarp;

constexpr const char* kUsage =
    "usage: aw-compile FILE.{ptx,ll} [KERNEL OUT.so] [--shape SHAPE] [--fiber]\n"
    "                  [--quick] [--exact-index] [--cpu NAME] [--features TEXT] [--dump PREFIX]\n"
    "                  [--triple TRIPLE]\n"
    "SHAPE: row, raggedrow, linear, tile16, tile8 or generic (the default)\n";

bool parseShape(const char* text, spmd::BlockShape& shape) {
  using spmd::BlockShape;
  const std::pair<const char*, BlockShape> names[] = {
      {"row", BlockShape::Row},       {"raggedrow", BlockShape::RaggedRow},
      {"linear", BlockShape::Linear}, {"tile16", BlockShape::Tile16},
      {"tile8", BlockShape::Tile8},   {"generic", BlockShape::Generic}};
  for (const auto& [name, value] : names)
    if (!strcmp(name, text)) {
      shape = value;
      return true;
    }
  return false;
}

struct Command {
  std::vector<std::string> files;
  cpu::CompileRequest request;
};

bool parse(int argc, char** argv, Command& command) {
  for (int i = 1; i < argc; i++) {
    std::string arg = argv[i];
    bool hasValue = i + 1 < argc;
    if (arg == "--fiber")
      command.request.vectorize.barriers = spmd::BarrierMode::Fiber;
    else if (arg == "--quick")
      command.request.tier = cpu::Tier::Quick;
    else if (arg == "--exact-index")
      command.request.vectorize.exactIndex = true;
    else if (arg == "--shape" && hasValue) {
      if (!parseShape(argv[++i], command.request.vectorize.shape))
        return false;
    } else if (arg == "--cpu" && hasValue)
      command.request.cpu = argv[++i];
    else if (arg == "--features" && hasValue)
      command.request.features = argv[++i];
    else if (arg == "--triple" && hasValue)
      command.request.triple = argv[++i];
    else if (arg == "--dump" && hasValue)
      command.request.dumpPrefix = argv[++i];
    else if (arg.starts_with("--"))
      return false;
    else
      command.files.push_back(arg);
  }
  return command.files.size() == 1 || command.files.size() == 3;
}

int fail(const std::string& text) {
  fprintf(stderr, "aw-compile: %s\n", text.c_str());
  return 1;
}

Result<std::vector<char>> compileIr(const Command& command) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseIRFile(command.files[0], diagnostic, context);
  if (!module) {
    std::string text;
    llvm::raw_string_ostream out(text);
    diagnostic.print("aw-compile", out);
    return makeError(Status::InvalidSource, out.str());
  }
  return cpu::compileModule(std::move(module), command.request);
}

} // namespace

int main(int argc, char** argv) {
  Command command;
  if (!parse(argc, argv, command)) {
    fputs(kUsage, stderr);
    return 2;
  }
  Result<std::vector<char>> bytes = makeError(Status::Unknown, "");
  if (command.files.size() == 3)
    command.request.kernel = command.files[1];
  if (command.files[0].ends_with(".ll")) {
    if (command.files.size() != 3)
      return fail("say which kernel");
    bytes = compileIr(command);
  } else {
    std::ifstream file(command.files[0], std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file)
      return fail("cannot read " + command.files[0]);
    auto index = ptx::Index::build({std::make_shared<const PtxText>(text.str())});
    if (!index)
      return fail(index.error().message);
    if (command.files.size() == 1) {
      for (const ptx::IndexedFunction* kernel : (*index)->kernels())
        printf("%s\n", std::string(kernel->header.name).c_str());
      return 0;
    }
    command.request.index = *index;
    auto code = cpu::compile(command.request);
    if (code)
      bytes = std::move(code->library);
    else
      bytes = code.error();
  }
  if (!bytes)
    return fail(bytes.error().message);
  std::ofstream out(command.files[2], std::ios::binary);
  out.write(bytes->data(), std::streamsize(bytes->size()));
  out.close();
  return out ? 0 : fail("cannot write " + command.files[2]);
}
