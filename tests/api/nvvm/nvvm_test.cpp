// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// libNVVM: programs of NVVM IR in the text of old LLVM (typed pointers) and of new. Codes and
// texts: libNVVM manual, and what libnvvm of CUDA 13.0 answers.
#include "../nvrtc/fixture.h"

#include <nvvm.h>

using testing::HasSubstr;

namespace {

constexpr char kTyped[] = R"(target triple = "nvptx64-nvidia-cuda"
%pair = type { i32, i32* } ; a comment with a * in it
@table = internal addrspace(1) constant [2 x i32] [i32 5, i32 6]
define void @k(i32* %p) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %slot = alloca %pair
  %field = getelementptr %pair, %pair* %slot, i32 0, i32 1
  store i32* %p, i32** %field
  %q = load i32*, i32** %field
  %g = getelementptr i32, i32* %q, i32 %t
  %c = addrspacecast [2 x i32] addrspace(1)* @table to [2 x i32]*
  %e = getelementptr [2 x i32], [2 x i32]* %c, i32 0, i32 1
  %six = load i32, i32* %e
  %fp = bitcast i32 (i32)* @twice to i8*
  %f = bitcast i8* %fp to i32 (i32)*
  %d = call i32 %f(i32 %t)
  %v = add i32 %d, %six
  store i32 %v, i32* %g
  ret void
}
define i32 @twice(i32 %x) {
  %y = mul i32 %x, 2
  ret i32 %y
}
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
!nvvm.annotations = !{!0}
!0 = !{void (i32*)* @k, !"kernel", i32 1}
!nvvmir.version = !{!1}
!1 = !{i32 2, i32 0}
)";
constexpr char kOpaque[] = R"(target triple = "nvptx64-nvidia-cuda"
define void @k(ptr %p) {
  %x = load double, ptr %p
  %y = call double @__nv_sqrt(double %x)
  store double %y, ptr %p
  ret void
}
declare double @__nv_sqrt(double)
!nvvm.annotations = !{!0}
!0 = !{ptr @k, !"kernel", i32 1}
)";

class Nvvm {
public:
  explicit Nvvm(std::initializer_list<std::string> modules) {
    EXPECT_EQ(nvvmCreateProgram(&handle), NVVM_SUCCESS);
    for (const std::string& module : modules)
      EXPECT_EQ(nvvmAddModuleToProgram(handle, module.data(), module.size(), "m"), NVVM_SUCCESS);
  }
  Nvvm(const Nvvm&) = delete;
  ~Nvvm() { nvvmDestroyProgram(&handle); }
  nvvmResult compile(std::vector<const char*> options = {}) {
    return nvvmCompileProgram(handle, int(options.size()), options.data());
  }
  std::string ptx() const { return text(nvvmGetCompiledResultSize, nvvmGetCompiledResult); }
  std::string log() const { return text(nvvmGetProgramLogSize, nvvmGetProgramLog); }
  nvvmProgram handle = nullptr;

private:
  std::string text(nvvmResult (*size)(nvvmProgram, size_t*),
                   nvvmResult (*copy)(nvvmProgram, char*)) const {
    size_t bytes = 0;
    EXPECT_EQ(size(handle, &bytes), NVVM_SUCCESS);
    std::string out(bytes, '?');
    EXPECT_EQ(copy(handle, out.data()), NVVM_SUCCESS);
    EXPECT_EQ(out.back(), '\0');
    return out.c_str();
  }
};

TEST(nvvmVersion, of_the_ir) {
  int a = 0, b = 0, c = 0, d = 0;
  EXPECT_EQ(nvvmVersion(&a, &b), NVVM_SUCCESS);
  EXPECT_EQ(a, 2);
  EXPECT_EQ(b, 0);
  EXPECT_EQ(nvvmIRVersion(&a, &b, &c, &d), NVVM_SUCCESS);
  EXPECT_EQ(a * 1000 + b * 100 + c * 10 + d, 2032);
  EXPECT_STREQ(nvvmGetErrorString(NVVM_ERROR_NO_MODULE_IN_PROGRAM),
               "NVVM_ERROR_NO_MODULE_IN_PROGRAM");
  EXPECT_STREQ(nvvmGetErrorString(nvvmResult(77)), "NVVM_ERROR not found");
}

TEST(nvvmCompileProgram, options) {
  for (const char* option : {"-arch=compute_80", "-arch=compute_90a", "-opt=0", "-opt=3", "-ftz=1",
                             "-g", "-generate-line-info", "-fma=0", "-prec-div=0", "-prec-sqrt=0",
                             "-split-compile=2", "-maxreg=3"}) {
    Nvvm program({kTyped});
    EXPECT_EQ(program.compile({option}), NVVM_SUCCESS) << option << program.log();
  }
  for (std::string option : {"-foo", "-arch=sm_80", "-arch=compute_999", "-arch", "-opt=x",
                             "-ftz=true", "-arch=compute_52"}) {
    Nvvm program({kTyped});
    EXPECT_EQ(program.compile({option.c_str()}), NVVM_ERROR_INVALID_OPTION) << option;
    EXPECT_EQ(program.log(), "libnvvm : error: " + option + " is an unsupported option");
  }
}

TEST(nvvmCompileProgram, misuse) {
  Nvvm empty({});
  EXPECT_EQ(empty.compile(), NVVM_ERROR_NO_MODULE_IN_PROGRAM);
  Nvvm broken({"hello"});
  EXPECT_EQ(broken.compile(), NVVM_ERROR_COMPILATION);
  EXPECT_THAT(broken.log(), HasSubstr("m (1, 0): parse expected top-level entity"));
  EXPECT_EQ(nvvmVerifyProgram(broken.handle, 0, nullptr), NVVM_ERROR_INVALID_IR);
  Nvvm good({kTyped});
  EXPECT_EQ(nvvmVerifyProgram(good.handle, 0, nullptr), NVVM_SUCCESS);
  EXPECT_EQ(nvvmCreateProgram(nullptr), NVVM_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvvmDestroyProgram(nullptr), NVVM_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvvmAddModuleToProgram(nullptr, kTyped, 4, "x"), NVVM_ERROR_INVALID_PROGRAM);
  EXPECT_EQ(nvvmAddModuleToProgram(good.handle, nullptr, 4, "x"), NVVM_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvvmAddModuleToProgram(good.handle, kTyped, 0, "x"), NVVM_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvvmGetCompiledResultSize(good.handle, nullptr), NVVM_ERROR_INVALID_INPUT);
}

TEST(nvvmLazyAddModuleToProgram, takes_what_is_used) {
  Nvvm program({kTyped});
  std::string library = "define i32 @unused(i32 %x) {\n ret i32 %x\n}\n";
  ASSERT_EQ(nvvmLazyAddModuleToProgram(program.handle, library.data(), library.size(), "library"),
            NVVM_SUCCESS);
  ASSERT_EQ(program.compile(), NVVM_SUCCESS) << program.log();
  EXPECT_THAT(program.ptx(), testing::Not(HasSubstr("unused")));
  EXPECT_THAT(program.ptx(), HasSubstr("twice")); // functions of the program keep their names
}

class nvvmRun : public Run {};

TEST_F(nvvmRun, typed_pointers) {
  Nvvm program({kTyped});
  ASSERT_EQ(program.compile({"-arch=compute_80"}), NVVM_SUCCESS) << program.log();
  EXPECT_EQ(run(program.ptx(), "k", 4, std::vector<int>(4)), (std::vector<int>{6, 8, 10, 12}));
}

TEST_F(nvvmRun, opaque_pointers_and_libdevice) {
  Nvvm program({kOpaque});
  ASSERT_EQ(program.compile({"-arch=compute_100"}), NVVM_SUCCESS) << program.log();
  EXPECT_EQ(run(program.ptx(), "k", 1, std::vector<double>{6.25}), std::vector<double>{2.5});
}

} // namespace
