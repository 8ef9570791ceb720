// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ptx-lower FILE [KERNEL...]: prints the one-thread LLVM IR of kernels of a PTX file. With --check
// it prints only what failed: one line a kernel. Without names it takes every kernel.
#include "ptx/index.h"
#include "ptx/lower.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>

using namespace anywarp;

int main(int argc, char** argv) {
  std::vector<std::string> names;
  const char* file = nullptr;
  bool check = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--check")
      check = true;
    else if (!file)
      file = argv[i];
    else
      names.push_back(argv[i]);
  }
  if (!file)
    return fprintf(stderr, "usage: ptx-lower [--check] FILE [KERNEL...]\n"), 2;
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fprintf(stderr, "ptx-lower: cannot read %s\n", file), 2;
  auto text = std::make_shared<const PtxText>(
      std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()), file);
  auto index = ptx::Index::build({text});
  if (!index)
    return fprintf(stderr, "%s\n", index.error().message.c_str()), 1;
  if (names.empty())
    for (const ptx::IndexedFunction& f : (*index)->functions())
      if (f.header.isEntry)
        names.emplace_back(f.header.name);
  int failures = 0;
  for (const std::string& name : names) {
    auto slice = (*index)->slice(name);
    llvm::LLVMContext context;
    Result<std::unique_ptr<llvm::Module>> module =
        slice ? ptx::lower(*slice, name, {}, context)
              : Result<std::unique_ptr<llvm::Module>>(slice.error());
    if (!module) {
      fprintf(stderr, "%s: %s: %s\n", file, name.c_str(), module.error().message.c_str());
      ++failures;
    } else if (!check) {
      (*module)->print(llvm::outs(), nullptr);
    }
  }
  if (check)
    printf("%s: %zu kernels, %d failed\n", file, names.size(), failures);
  return failures ? 1 : 0;
}
