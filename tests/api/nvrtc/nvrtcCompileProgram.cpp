// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Options, messages, headers. Forms of messages and codes: NVRTC manual, and what libnvrtc 13.0
// answers.
#include "fixture.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

using testing::HasSubstr;
using testing::Not;

namespace {

constexpr const char* kKernel =
    "extern \"C\" __global__ void k(float* a) { a[threadIdx.x] = 1; }\n";

TEST(nvrtcCompileProgram, gives_ptx_for_the_architecture) {
  Program program(kKernel);
  ASSERT_EQ(program.compile({"--gpu-architecture=compute_80"}), NVRTC_SUCCESS) << program.log();
  EXPECT_EQ(program.log(), "");
  EXPECT_THAT(program.ptx(), HasSubstr(".target sm_80\n"));
  EXPECT_THAT(program.ptx(), HasSubstr(".visible .entry k("));
  EXPECT_EQ(program.cubin(), ""); // a virtual architecture has no machine code
}

TEST(nvrtcCompileProgram, real_architecture_gives_both) {
  Program program(kKernel);
  ASSERT_EQ(program.compile({"-arch=sm_90a"}), NVRTC_SUCCESS) << program.log();
  EXPECT_THAT(program.ptx(), HasSubstr(".target sm_90a\n"));
  EXPECT_NE(program.cubin(), "");
}

TEST(nvrtcCompileProgram, architecture_macros) {
  Program program("static_assert(__CUDA_ARCH__ == 1200, \"\"); static_assert(__CUDA_ARCH_LIST__ == "
                  "1200, \"\");\n"
                  "#if !defined(__CUDACC_RTC__) || !defined(__CUDACC__) || __CUDACC_VER_MAJOR__ != "
                  "13\n#error macros\n#endif\n"
                  "#if defined(__clang__) || defined(__GNUC__) || defined(__linux__) || "
                  "defined(INT_MAX)\n#error host\n#endif\n"
                  "static_assert(__cplusplus == 201703L, \"\");\n");
  EXPECT_EQ(program.compile({"-arch=compute_120"}), NVRTC_SUCCESS) << program.log();
  Program specific("#if __CUDA_ARCH_FEAT_SM90_ALL != 1 || __CUDA_ARCH_SPECIFIC__ != 900\n#error "
                   "macros\n#endif\n");
  EXPECT_EQ(specific.compile({"-arch=compute_90a"}), NVRTC_SUCCESS) << specific.log();
}

TEST(nvrtcCompileProgram, accepts_what_the_manual_lists) {
  for (std::vector<const char*> options :
       std::vector<std::vector<const char*>>{{"-rdc=true"},
                                             {"--relocatable-device-code=false"},
                                             {"-dc"},
                                             {"--device-c"},
                                             {"-G"},
                                             {"--device-debug", "-dopt=on"},
                                             {"-lineinfo"},
                                             {"--maxrregcount=32"},
                                             {"-maxrregcount", "32"},
                                             {"--ftz=true"},
                                             {"-ftz", "true"},
                                             {"-prec-div=false"},
                                             {"--prec-sqrt=false"},
                                             {"--fmad=false"},
                                             {"-use_fast_math"},
                                             {"-extra-device-vectorization"},
                                             {"--std=c++11"},
                                             {"-std=c++14"},
                                             {"--std=c++20"},
                                             {"-DX"},
                                             {"-D", "X=1"},
                                             {"--define-macro=X=2"},
                                             {"-UX"},
                                             {"--undefine-macro=X"},
                                             {"-I/tmp"},
                                             {"--include-path=/tmp"},
                                             {"-default-device"},
                                             {"--device-as-default-execution-space"},
                                             {"-builtin-move-forward=false"},
                                             {"--builtin-initializer-list=true"},
                                             {"-w"},
                                             {"--diag-suppress=177,550"},
                                             {"--diag-error=177"},
                                             {"-diag-warn=177"},
                                             {"--no-source-include"},
                                             {"--ptxas-options=-v"},
                                             {"-Xptxas", "-O3"},
                                             {"--split-compile=0"},
                                             {"--minimal"},
                                             {"--pch"},
                                             {"--pch-dir=/tmp"},
                                             {"--pch-messages=true"},
                                             {"--time=-"},
                                             {"-restrict"},
                                             {"--device-int128"},
                                             {"--optimization-info=inline"},
                                             {"--no-display-error-number"},
                                             {"-err-no"},
                                             {"--fdevice-syntax-only"},
                                             {"--modify-stack-limit=false"},
                                             {"-ewp"},
                                             {"--version-ident=true"},
                                             {"--no-cache"},
                                             {"--brief-diagnostics=true"},
                                             {"-Ofc=mid"},
                                             {" -w"},
                                             {"-arch=sm_90 "},
                                             {"-arch=compute_100f"}}) {
    Program program(kKernel);
    EXPECT_EQ(program.compile(options), NVRTC_SUCCESS) << options[0] << ": " << program.log();
  }
}

TEST(nvrtcCompileProgram, refuses_wrong_options_and_says_why) {
  for (auto [option, message] : std::vector<std::pair<const char*, const char*>>{
           {"--foo", "nvrtc: error: unrecognized option --foo found\n"},
           {"-O3", "nvrtc: error: unrecognized option -O3 found\n"},
           {"-arch=sm_10", "nvrtc: error: invalid value for --gpu-architecture (-arch)\n"},
           {"-arch=native", "nvrtc: error: invalid value for --gpu-architecture (-arch)\n"},
           {"--std=c++99", "nvrtc: error: invalid value for --std(-std)\n"},
           {"--maxrregcount=x",
            "nvrtc: error: --maxrregcount (-maxrregcount) expects an integer value\n"},
           {"--fmad=maybe", "nvrtc: error: --fmad (-fmad) expects true or false\n"},
           {"-rdc", "nvrtc: error: --relocatable-device-code (-rdc) expects true or false\n"},
           {"--use_fast_math=true",
            "nvrtc: error: --use_fast_math (-use_fast_math) does not accept any argument\n"},
           {"-opt-info=x", "nvrtc: error: invalid optimization tag for option --optimization-info "
                           "(-opt-info): x\n"},
           {"", "nvrtc: error: unrecognized option  found\n"}}) {
    Program program(kKernel);
    EXPECT_EQ(program.compile({option}), NVRTC_ERROR_INVALID_OPTION) << option;
    EXPECT_THAT(program.log(), testing::StartsWith(message)) << option;
    EXPECT_EQ(program.ptx(), "");
  }
  Program program(kKernel);
  EXPECT_EQ(program.compile({"--gpu-architectur=sm_80"}), NVRTC_ERROR_INVALID_OPTION);
  EXPECT_THAT(program.log(), HasSubstr("the nearest option is --gpu-architecture\n"));
  EXPECT_EQ(nvrtcCompileProgram(program.handle, -1, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcCompileProgram(program.handle, 1, nullptr), NVRTC_ERROR_INVALID_OPTION);
}

TEST(nvrtcCompileProgram, options_that_exclude_each_other) {
  Program program(kKernel);
  EXPECT_EQ(program.compile({"-ewp", "-rdc=true"}), NVRTC_ERROR_INVALID_OPTION);
  EXPECT_EQ(program.compile({"-arch=sm_75a"}), NVRTC_ERROR_COMPILATION);
  EXPECT_EQ(program.compile({"-arch=sm_80", "-arch=compute_90"}), NVRTC_SUCCESS);
  EXPECT_THAT(
      program.log(),
      HasSubstr("\"--gpu-architecture(-arch)=80\" followed by \"--gpu-architecture(-arch)=90\""));
}

TEST(nvrtcCompileProgram, an_error_has_its_line_and_a_mark) {
  Program program("__global__ void k(float* a) { a[0] = b; }\n", "my.cu");
  EXPECT_EQ(program.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_EQ(program.log(), "my.cu(1): error: identifier \"b\" is undefined\n"
                           "  __global__ void k(float* a) { a[0] = b; }\n"
                           "                                       ^\n\n"
                           "1 error detected in the compilation of \"my.cu\".\n");
  EXPECT_EQ(program.ptx(), "");
}

TEST(nvrtcCompileProgram, warnings_are_numbered_and_can_be_changed) {
  const char* source = "__global__ void k(float* a) { int unused; a[0] = 1; }\n";
  Program program(source);
  EXPECT_EQ(program.compile(), NVRTC_SUCCESS);
  EXPECT_THAT(program.log(), HasSubstr("default_program(1): warning #177-D: "));
  EXPECT_THAT(
      program.log(),
      HasSubstr(
          "Remark: The warnings can be suppressed with \"-diag-suppress <warning-number>\"\n"));
  for (const char* option : {"-w", "-diag-suppress=177"}) {
    Program quiet(source);
    EXPECT_EQ(quiet.compile({option}), NVRTC_SUCCESS);
    EXPECT_EQ(quiet.log(), "") << option;
  }
  Program strict(source);
  EXPECT_EQ(strict.compile({"-diag-error=177"}), NVRTC_ERROR_COMPILATION);
  Program plain(source);
  EXPECT_EQ(plain.compile({"--no-display-error-number"}), NVRTC_SUCCESS);
  EXPECT_THAT(plain.log(), Not(HasSubstr("#177")));
}

TEST(nvrtcCompileProgram, headers_come_as_texts) {
  Program program("#include \"a.h\"\n#include <b/c.h>\nextern \"C\" __global__ void k(int* a) { *a "
                  "= A + C; }\n",
                  nullptr,
                  {{"a.h", "#define A 1\n"}, {"b/c.h", "#include <a.h>\n#define C (A + 41)\n"}});
  EXPECT_EQ(program.compile(), NVRTC_SUCCESS) << program.log();
  Program broken("#include \"a.h\"\n", nullptr, {{"a.h", "\n__device__ int x = y;\n"}});
  EXPECT_EQ(broken.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(broken.log(), HasSubstr("a.h(2): error: identifier \"y\" is undefined\n"));
}

TEST(nvrtcCompileProgram, a_missing_header_is_named) {
  Program quoted("#include \"zz.h\"\n");
  EXPECT_EQ(quoted.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(
      quoted.log(),
      HasSubstr("default_program(1): catastrophic error: cannot open source file \"zz.h\"\n"));
  EXPECT_THAT(quoted.log(), HasSubstr("Compilation terminated.\n"));
  Program angled("#include <stdint.h>\n");
  EXPECT_EQ(angled.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(angled.log(),
              HasSubstr("could not open source file \"stdint.h\" (no directories in search list)"));
  Program before("");
  EXPECT_EQ(before.compile({"--pre-include=x.h"}), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(before.log(),
              testing::StartsWith("Command-line error: cannot open source file \"x.h\"\n"));
}

TEST(nvrtcCompileProgram, finds_headers_in_folders_and_before_the_first_line) {
  std::string folder = testing::TempDir() + "/nvrtc_headers";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/value.h") << "#define VALUE 3\n";
  std::string option = "-I" + folder;
  Program program("#include <value.h>\nstatic_assert(VALUE == 3, \"\");\n");
  EXPECT_EQ(program.compile({option.c_str()}), NVRTC_SUCCESS) << program.log();
  Program before("static_assert(VALUE == 3, \"\");\n");
  EXPECT_EQ(before.compile({option.c_str(), "-include=value.h"}), NVRTC_SUCCESS) << before.log();
}

TEST(nvrtcCompileProgram, nothing_is_for_the_host) {
  Program function("int host() { return 1; }\n");
  EXPECT_EQ(function.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(
      function.log(),
      HasSubstr("is considered a host function, and host functions are not allowed in JIT mode"));
  Program variable("int x;\n");
  EXPECT_EQ(variable.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(variable.log(), HasSubstr("is considered a host variable"));
  Program marked("__host__ int host() { return 1; }\n");
  EXPECT_EQ(marked.compile(), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(marked.log(),
              HasSubstr("explicitly marked as a __host__ function is not allowed in JIT mode"));
  Program both("int helper(int x) { return x + 1; }\nint counter = 3;\n"
               "extern \"C\" __global__ void k(int* a) { *a = helper(counter); }\n");
  EXPECT_EQ(both.compile({"-default-device"}), NVRTC_SUCCESS) << both.log();
}

TEST(nvrtcCompileProgram, an_unresolved_function_ends_machine_code_only) {
  const char* source = "__device__ int f(int); __global__ void k(int* a) { *a = f(1); }\n";
  Program program(source);
  EXPECT_EQ(program.compile({"-arch=compute_80"}), NVRTC_SUCCESS);
  EXPECT_EQ(program.compile({"-arch=sm_80"}), NVRTC_ERROR_COMPILATION);
  EXPECT_THAT(program.log(), HasSubstr("Unresolved extern function '_Z1fi'"));
  EXPECT_EQ(program.compile({"-arch=sm_80", "-rdc=true"}), NVRTC_SUCCESS) << program.log();
}

TEST(nvrtcCompileProgram, line_information) {
  Program program("__global__ void k(int* a) {\n  a[0] = 1;\n}\n");
  EXPECT_EQ(program.compile({"-lineinfo"}), NVRTC_SUCCESS);
  EXPECT_THAT(program.ptx(), HasSubstr("\t.loc\t"));
  EXPECT_EQ(program.compile(), NVRTC_SUCCESS);
  EXPECT_THAT(program.ptx(), Not(HasSubstr("\t.loc\t")));
}

TEST(nvrtcCompileProgram, times_go_where_asked) {
  Program program(kKernel);
  EXPECT_EQ(program.compile({"--time=-"}), NVRTC_SUCCESS);
  EXPECT_THAT(
      program.log(),
      HasSubstr("\nFile name, phase name, metric, unit\ndefault_program, CUDA C++ Frontend, "));
  EXPECT_EQ(program.compile({"--time=/nonexistent/x"}), NVRTC_ERROR_TIME_FILE_WRITE_FAILED);
  EXPECT_EQ(program.compile({"--fdevice-time-trace=/nonexistent/x"}),
            NVRTC_ERROR_TIME_TRACE_FILE_WRITE_FAILED);
}

TEST(nvrtcCompileProgram, contraction_and_denormals_follow_the_options) {
  Program program("extern \"C\" __global__ void k(float* a) { a[0] = a[1] * a[2] + a[3]; }\n");
  ASSERT_EQ(program.compile({"--fmad=true"}), NVRTC_SUCCESS);
  EXPECT_THAT(program.ptx(), HasSubstr("fma.rn.f32"));
  ASSERT_EQ(program.compile({"--fmad=false"}), NVRTC_SUCCESS);
  EXPECT_THAT(program.ptx(), Not(HasSubstr("fma.rn")));
  ASSERT_EQ(program.compile({"--ftz=true"}), NVRTC_SUCCESS);
  EXPECT_THAT(program.ptx(), HasSubstr("fma.rn.ftz.f32"));
}

TEST(nvrtcCompileProgram, link_time_code_instead_of_ptx) {
  Program program(kKernel);
  ASSERT_EQ(program.compile({"-dlto", "-arch=sm_80"}), NVRTC_SUCCESS);
  EXPECT_EQ(program.ptx(), "");
  EXPECT_EQ(program.cubin(), "");
  EXPECT_GT(program.lto().size(), 100u);
}

TEST(nvrtcSetFlowCallback, may_end_a_compilation) {
  Program program(kKernel);
  int asked = 0;
  EXPECT_EQ(nvrtcSetFlowCallback(program.handle, nullptr, nullptr), NVRTC_ERROR_INVALID_INPUT);
  EXPECT_EQ(nvrtcSetFlowCallback(
                program.handle,
                [](void* payload, void*) { return ++*static_cast<int*>(payload) >= 2 ? 1 : 0; },
                &asked),
            NVRTC_SUCCESS);
  EXPECT_EQ(program.compile(), NVRTC_ERROR_CANCELLED);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(program.ptx(), "");
}

TEST(nvrtcCompileProgram, deep_templates_do_not_end_the_process) {
  Program program("template <int n> struct S { static constexpr int v = S<n + 1>::v; "
                  "};\n__device__ int x = S<0>::v;\n");
  EXPECT_EQ(program.compile(), NVRTC_ERROR_COMPILATION);
  std::string brackets(200000, '(');
  Program nested("__device__ int x = " + brackets + ";\n");
  EXPECT_EQ(nested.compile(), NVRTC_ERROR_COMPILATION);
}

TEST(nvrtcCompileProgram, threads_compile_at_once) {
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&good, i] {
      for (int j = 0; j < 3; j++) {
        Program program("extern \"C\" __global__ void k" + std::to_string(i) +
                        "(int* a) { *a = sinf(" + std::to_string(j) + ".5f); }");
        bool compiled = program.compile({"-arch=sm_80"}) == NVRTC_SUCCESS;
        good += compiled && program.ptx().find(".entry k" + std::to_string(i)) != std::string::npos;
      }
    });
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(good, 12);
}

} // namespace
