// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The LLVM half of the compile driver on modules written by hand.
#include "backends/cpu/compiler/codegen.h"

#include <cmath>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Target/TargetMachine.h>
#include <thread>
#include <unistd.h>

namespace anywarp::cpu {
namespace {

constexpr const char* kCube = R"(
  define internal double @square(double %x) alwaysinline {
    %y = fmul double %x, %x
    ret double %y
  }
  define double @cube(double %x) {
    %y = call double @square(double %x)
    %z = fmul double %y, %x
    ret double %z
  })";

constexpr const char* kSine = R"(
  declare double @sin(double)
  define double @cube(double %x) {
    %y = call double @sin(double %x)
    ret double %y
  })";

constexpr const char* kHalf = R"(
  define double @cube(double %x) {
    %f = fptrunc double %x to float
    %h = fptrunc float %f to half
    %w = fpext half %h to float
    %y = fpext float %w to double
    ret double %y
  })";

constexpr const char* kUnknown = R"(
  declare double @anywarp_no_such_function(double)
  define double @cube(double %x) {
    %y = call double @anywarp_no_such_function(double %x)
    ret double %y
  })";

Result<std::vector<char>> build(const char* text, const std::string& cpu = "") {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(text, diagnostic, context);
  if (!module)
    return makeError(Status::InvalidSource, diagnostic.getMessage().str());
  auto target = makeTargetMachine(cpu, "");
  if (!target)
    return target.error();
  setTarget(*module, **target);
  optimize(*module, **target);
  AW_TRY(verify(*module, "cube", "optimising"));
  auto object = emit(*module, **target, EmitKind::Object);
  if (!object)
    return object.error();
  return linkShared(*object, "cube");
}

double call(const std::vector<char>& library, double x) {
  char path[] = "/tmp/anywarp-codegen-test-XXXXXX";
  int fd = mkstemp(path);
  EXPECT_EQ(write(fd, library.data(), library.size()), ssize_t(library.size()));
  close(fd);
  void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(handle, nullptr) << dlerror();
  unlink(path);
  if (!handle)
    return NAN;
  auto* fn = reinterpret_cast<double (*)(double)>(dlsym(handle, "cube"));
  return fn ? fn(x) : NAN;
}

TEST(Codegen, module_becomes_a_loadable_library) {
  auto library = build(kCube);
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(call(*library, 3.0), 27.0);
}

TEST(Codegen, library_functions_come_from_the_process) {
  auto library = build(kSine);
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(call(*library, 1.0), std::sin(1.0));
}

TEST(Codegen, unknown_function_is_an_error_that_names_it) {
  auto library = build(kUnknown);
  ASSERT_FALSE(library);
  EXPECT_NE(library.error().message.find("anywarp_no_such_function"), std::string::npos);
}

TEST(Codegen, compiles_for_another_cpu) {
#ifdef __x86_64__
  auto library = build(kCube, "x86-64-v2");
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(call(*library, 2.0), 8.0);
#endif
}

// x86-64-v2 has no F16C: halves are converted by functions of libgcc.
TEST(Codegen, halves_without_instructions_for_them) {
#ifdef __x86_64__
  auto library = build(kHalf, "x86-64-v2");
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(call(*library, 1 + 0x1.8p-10), 1 + 0x1p-9); // a tie goes to the even neighbour
#endif
}

TEST(Codegen, threads_compile_at_once) {
  std::vector<std::thread> threads;
  std::vector<int> right(4);
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; i++) {
        auto library = build(kCube);
        right[size_t(t)] += library && !library->empty();
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, std::vector<int>(4, 5));
}

// lld resets the options of LLVM, which are the process's, to their defaults.
TEST(Codegen, linking_keeps_the_options_of_code_generation) {
  ASSERT_TRUE(build(kCube));
  auto& known = llvm::cl::getRegisteredOptions();
  auto at = known.find("disable-x86-domain-reassignment");
  ASSERT_NE(at, known.end());
  EXPECT_TRUE(static_cast<llvm::cl::opt<bool>*>(at->second)->getValue());
}

} // namespace
} // namespace anywarp::cpu
