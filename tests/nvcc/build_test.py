#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What nvcc makes: programs that run, files that hold what they should, and nothing at all where something is wrong."""
import os
import re
import subprocess
import unittest

import driver
from driver import FolderCase

SQUARES = """#include <cstdio>
__global__ void squares(int* p, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) p[i] = i * i;
}
int main(int argc, char** argv) {
  int* p;
  cudaMallocManaged(&p, 400);
  squares<<<1, 128>>>(p, 100);
  if (cudaDeviceSynchronize() != cudaSuccess) return 1;
  printf("%d %d %d\\n", p[3], p[99], argc);
}
"""
# Three sources of one program; `lonely` wants what nobody has, so it must not be linked.
USES = """extern __device__ int offset;
__device__ int triple(int);
__global__ void kernel(int* p) { p[threadIdx.x] = triple(threadIdx.x) + offset; }
void launch(int* p) { kernel<<<1, 32>>>(p); }
"""
DEFINES = "__device__ int offset = 5;\n__device__ int triple(int x) { return 3 * x; }\n"
LONELY = "extern int nobody;\n__device__ int lonely() { return 1; }\nint use() { return nobody; }\n"
MAIN = """#include <cuda_runtime.h>
#include <cstdio>
void launch(int*);
int main() {
  int* p;
  cudaMallocManaged(&p, 128);
  launch(p);
  if (cudaDeviceSynchronize() != cudaSuccess) return 1;
  printf("%d %d\\n", p[0], p[31]);
}
"""
LINKED = f"{3 * 0 + 5} {3 * 31 + 5}\n"


class Programs(FolderCase):
    def test_one_source(self):
        self.write("a.cu", SQUARES)
        self.ok("a.cu", "-o", "a")
        self.assertEqual(self.run_program("a"), "9 9801 1\n")
        self.assertEqual(self.files(), ["a", "a.cu"])  # nothing is left behind

    def test_run(self):
        self.write("a.cu", SQUARES)
        self.assertEqual(self.ok("-run", "-run-args", "x,y", "a.cu").stdout, "9 9801 3\n")
        self.assertEqual(self.files(), ["a.cu"])

    def test_static_cudart_needs_no_library_path(self):
        self.write("a.cu", SQUARES)
        self.ok("a.cu", "-o", "a")
        env = driver.environment()
        del env["LD_LIBRARY_PATH"]
        result = subprocess.run([self.path("a")], env=env, capture_output=True, text=True)
        self.assertEqual(result.stdout, "9 9801 1\n", result.stderr)

    def test_device_code_for_debugging(self):
        self.write("a.cu", SQUARES)
        for flags in (["-G", "-g"], ["-lineinfo"], ["-use_fast_math"], ["-O0"], ["-Ofc", "max"]):
            self.assertEqual(self.ok(*flags, "-run", "a.cu").stdout, "9 9801 1\n", flags)

    def test_several_architectures(self):
        self.write("a.cu", """#include <cstdio>
#ifdef __CUDA_ARCH_FEAT_SM90_ALL
__device__ const int feature = 1;
#else
__device__ const int feature = 0;
#endif
__global__ void arch() {
#ifdef __CUDA_ARCH__
  printf("%d %d\\n", __CUDA_ARCH__, feature);
#endif
}
int main() { arch<<<1, 1>>>(); return cudaDeviceSynchronize(); }
""")
        self.ok("-t2", "-gencode", "arch=compute_80,code=sm_80", "-gencode", "arch=compute_90,code=[sm_90,compute_90]",
                "-gencode", "arch=compute_100,code=sm_100", "a.cu", "-o", "a")
        self.assertEqual(self.run_program("a"), "900 0\n")  # the device reports 9.0
        listed = subprocess.run([os.path.join(driver.TOOLKIT, "bin", "cuobjdump"), "-lptx", self.path("a")],
                                capture_output=True, text=True).stdout
        self.assertEqual(re.findall(r"sm_(\d+)", listed), ["80", "90", "100"])
        self.ok("-arch=sm_90a", "a.cu", "-o", "a")
        self.assertEqual(self.run_program("a"), "900 1\n")
        self.ok("-arch=sm_120", "a.cu", "-o", "a")  # newer than clang 19 and than the device
        self.assertEqual(self.run_program("a"), "1200 0\n")

    def test_host_sources_and_other_compilers(self):
        self.write("a.cpp", MAIN)
        self.write("b.cu", USES)
        self.write("c.cu", DEFINES)
        self.write("d.c", "#ifdef __cplusplus\n#error this is C\n#endif\nint c(void) { return 0; }\n")
        self.ok("-rdc=true", "-ccbin", "g++", "-std=c++17", "a.cpp", "b.cu", "c.cu", "-o", "p")
        self.assertEqual(self.run_program("p"), LINKED)
        self.ok("-c", "-std=c++17", "d.c")

    def test_options_of_gcc(self):
        """Makefiles written for gcc: what clang does not know and needs not know, and linker words at each compilation."""
        self.write("a.cu", SQUARES)
        self.ok("-Werror", "all-warnings", "-Xcompiler", "-fno-gnu-unique,-rdynamic,-Wl\\,--as-needed,-pthread", "a.cu", "-o", "a")
        self.assertEqual(self.run_program("a"), "9 9801 1\n")

    def test_host_source_of_device_code(self):
        self.write("a.cu", SQUARES)
        self.ok("-cuda", "a.cu")
        subprocess.run(["g++", "-c", "a.cu.cpp.ii", "-o", "a.o"], cwd=self.folder.name, check=True)
        self.ok("a.o", "-o", "a")
        self.assertEqual(self.run_program("a"), "9 9801 1\n")

    def test_dialect(self):
        """What programs written for nvcc rely on (CUDA C++ Programming Guide, "C++ Language Support")."""
        self.write("a.cu", """#include <cstdio>
#pragma nv_diag_suppress 177
#pragma nv_exec_check_disable
constexpr int twice(int x) { return 2 * x; }
template <class F> __global__ void apply(F f) { f(threadIdx.x); }
struct __align__(16) Pair { float x, y; };
int main() {
  int unused;
  int base = 3;
  apply<<<1, 1>>>([=] __device__ (int i) { printf("%d %d\\n", twice(base) + i, max(2, 7u)); });
  auto both = [] __host__ __device__ (int i) { return i + 1; };
  printf("%d %zu %d\\n", both(1), alignof(Pair), __CUDACC_VER_MAJOR__);
  return cudaDeviceSynchronize();
}
""")
        out = self.ok("--extended-lambda", "--expt-relaxed-constexpr", "-Xcompiler", "-Wall", "-run", "a.cu")
        self.assertEqual(sorted(out.stdout.splitlines()), ["2 16 13", "6 7"])
        self.assertNotIn("pragma", out.stderr)


class Linking(FolderCase):
    def setUp(self):
        super().setUp()
        self.write("a/k.cu", USES)
        self.write("b/k.cu", DEFINES)
        self.write("lonely.cu", LONELY)
        self.write("main.cpp", MAIN)

    def compile(self, *words):
        # The same name and the same words in two folders: the units must not clash.
        for folder in ("a", "b"):
            result = driver.nvcc("-dc", *words, "k.cu", "-o", "k.o", cwd=self.path(folder))
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_objects(self):
        self.compile()
        self.ok("main.cpp", "a/k.o", "b/k.o", "-o", "p")
        self.assertEqual(self.run_program("p"), LINKED)

    def test_static_library(self):
        self.compile()
        self.ok("-dc", "lonely.cu")
        self.ok("-lib", "b/k.o", "lonely.o", "-o", "libb.a")
        for form in (["libb.a"], ["-L.", "-lb"]):
            self.ok("main.cpp", "a/k.o", *form, "-o", "p")
            self.assertEqual(self.run_program("p"), LINKED)

    def test_device_link_and_a_linker_of_the_users_own(self):
        self.compile("-Xcompiler", "-fPIC")
        self.ok("-lib", "b/k.o", "-o", "libb.a")
        self.ok("-dlink", "a/k.o", "-L.", "-lb", "-o", "d.o")
        subprocess.run(["g++", "main.cpp", f"-I{driver.TOOLKIT}/include", "a/k.o", "d.o", "-L.", "-lb", f"-L{driver.LIBRARIES}",
                        "-lcudadevrt", "-lcudart_static", "-lrt", "-lpthread", "-ldl", "-o", "p"], cwd=self.folder.name, check=True)
        self.assertEqual(self.run_program("p"), LINKED)

    def test_shared_library(self):
        self.ok("-shared", "-rdc=true", "-Xcompiler", "-fPIC", "a/k.cu", "b/k.cu", "-o", "libk.so")
        self.ok("main.cpp", "-L.", "-lk", "-Xlinker", "-rpath,$ORIGIN", "-o", "p")
        self.assertEqual(self.run_program("p"), LINKED)

    def test_library_that_is_linked_already(self):
        """As CMake does with CUDA_RESOLVE_DEVICE_SYMBOLS: the archive holds its own device link."""
        self.compile()
        self.ok("-dlink", "a/k.o", "b/k.o", "-o", "d.o")
        self.ok("-lib", "a/k.o", "b/k.o", "d.o", "-o", "libk.a")
        self.ok("main.cpp", "libk.a", "-o", "p")
        self.assertEqual(self.run_program("p"), LINKED)

    def test_ptx_and_fatbin_take_part(self):
        self.compile()
        self.ok("-rdc=true", "-ptx", "b/k.cu", "-o", "b.ptx")
        self.ok("-rdc=true", "-fatbin", "b/k.cu", "-o", "b.fatbin")
        for image in ("b.ptx", "b.fatbin"):
            self.ok("main.cpp", "a/k.o", image, "-o", "p")
            self.assertEqual(self.run_program("p"), LINKED, image)

    def test_static_device_variable(self):
        self.write("s.cu", """#include <cstdio>
static __device__ int hidden = 1;
static __constant__ int table[4] = {1, 2, 3, 4};
static __global__ void add() { hidden += table[3]; }
int main() {
  int value = 41, *both = &value;
  cudaMemcpyToSymbol(table, both, sizeof value, 3 * sizeof value);
  add<<<1, 1>>>();
  cudaMemcpyFromSymbol(&value, hidden, sizeof value);
  printf("%d\\n", value);
}
""")
        for flags in ([], ["-rdc=true"]):
            self.assertEqual(self.ok(*flags, "-run", "s.cu").stdout, "42\n", flags)


class Files(FolderCase):
    def setUp(self):
        super().setUp()
        self.write("a.cu", SQUARES)

    def read(self, name, mode="r"):
        with open(self.path(name), mode) as file:
            return file.read()

    def test_ptx(self):
        self.ok("-ptx", "-arch=sm_80", "a.cu")
        self.assertRegex(self.read("a.ptx"), r"(?s)\.target sm_80.*\.visible \.entry _Z7squaresPii")
        self.assertIn(".target sm_100a", self.ok("-ptx", "-arch=sm_100a", "a.cu", "-o", "-").stdout)

    def test_ptx_of_a_source_without_kernels(self):
        self.write("empty.cu", "int f() { return 1; }\n")
        self.ok("-ptx", "empty.cu")
        self.assertIn(".version", self.read("empty.ptx"))
        self.ok("-c", "empty.cu")
        self.write("nothing.cu", "")
        self.ok("-ptx", "nothing.cu")
        self.ok("-rdc=true", "-c", "nothing.cu")

    def test_fatbin_and_cubin(self):
        self.ok("-fatbin", "-gencode", "arch=compute_80,code=sm_80", "-gencode", "arch=compute_90,code=sm_90", "a.cu")
        self.ok("-cubin", "-arch=sm_80", "a.cu")
        self.ok("-fatbin", "-no-compress", "a.cu", "-o", "plain.fatbin")
        self.assertIn(b".visible .entry", self.read("plain.fatbin", "rb"))
        self.assertNotIn(b".visible .entry", self.read("a.fatbin", "rb"))
        self.ok("-ptx", "a.cu")
        self.ok("-cubin", "a.ptx", "-o", "b.cubin")

    def test_dependencies(self):
        self.write("inc/h.h", "#pragma once\n")
        self.write("b.cu", '#include "h.h"\n')
        self.ok("-MD", "-Iinc", "-c", "b.cu", "-o", "b.o")
        rule = self.read("b.d").replace("\\\n", " ").split()
        self.assertEqual(rule[0], "b.o:")
        self.assertIn("b.cu", rule)
        self.assertIn("inc/h.h", rule)
        self.assertTrue(any(name.endswith("cuda_runtime.h") for name in rule))
        self.ok("-MMD", "-Iinc", "-ptx", "b.cu", "-o", "p.ptx")
        self.assertEqual(self.read("p.d").replace("\\\n", " ").split(), ["p.ptx:", "b.cu", "inc/h.h"])
        rule = self.ok("-MM", "-Iinc", "b.cu").stdout.replace("\\\n", " ").split()
        self.assertEqual(rule, ["b.o:", "b.cu", "inc/h.h"])
        self.ok("-M", "-Iinc", "-MT", "x", "b.cu", "-MF", "x.d")
        self.assertTrue(self.read("x.d").startswith("x:"))

    def test_preprocess(self):
        self.write("b.cu", "VALUE __CUDA_ARCH__\n")
        self.assertIn("7 800\n", self.ok("-E", "-DVALUE=7", "-arch=sm_80", "b.cu").stdout)

    def test_keep_and_clean(self):
        self.ok("-keep", "-keep-dir", "kept/deep", "-c", "a.cu")
        self.assertTrue({"a.ptx", "a.fatbin"} <= set(os.listdir(self.path("kept/deep"))))
        self.ok("-c", "-clean", "a.cu")
        self.assertNotIn("a.o", self.files())

    def test_time(self):
        self.ok("-c", "-time", "t.csv", "a.cu")
        lines = self.read("t.csv").splitlines()
        self.assertEqual([line.split(", ")[1] for line in lines], ["phase name", "device", "host"])

    def test_usage(self):
        for flags in (["-Xptxas", "-v"], ["-res-usage"], ["--ptxas-options=-v"]):
            self.assertIn("Compiling entry function '_Z7squaresPii' for 'sm_75'", self.ok(*flags, "-c", "a.cu").stderr)

    def test_lists(self):
        self.assertIn("compute_90\n", self.ok("--list-gpu-arch").stdout)
        self.assertIn("sm_90\n", self.ok("--list-gpu-code").stdout)
        self.assertIn("arch=compute_90,code=[compute_90,sm_90]\n", self.ok("-arch-ls", "-code-ls").stdout)

    def test_two_runs_give_the_same_bytes(self):
        for name in ("1.o", "2.o"):
            self.ok("-dc", "a.cu", "-o", "same.o")
            os.rename(self.path("same.o"), self.path(name))
        self.assertEqual(self.read("1.o", "rb"), self.read("2.o", "rb"))

    def test_names_and_encodings(self):
        folder = "größe und 空白"
        self.write(f"{folder}/naïve name.cu", "\ufeff" + SQUARES.replace("\\n", " é\\n").replace("\n", "\r\n"))
        self.ok("-rdc=true", f"{folder}/naïve name.cu", "-o", f"{folder}/programm ü")
        self.assertEqual(self.run_program(f"{folder}/programm ü"), "9 9801 1 é\n")
        self.write("$HOME `x` 'q\".cu", SQUARES)
        self.ok("-c", "$HOME `x` 'q\".cu", "-o", "o")


class Errors(FolderCase):
    def refuse(self, *words):
        result = self.nvcc(*words)
        self.assertNotEqual(result.returncode, 0)
        return result.stderr

    def test_an_error_leaves_no_output(self):
        self.write("host.cu", "int f() { return 1 }\n")
        self.write("device.cu", "__global__ void k() { undeclared(); }\n")
        self.write("only.cu", "int f() { return __CUDA_ARCH__; }\n")  # in no host code
        self.write("link.cu", "int missing(); int main() { return missing(); }\n")
        for source in ("host.cu", "device.cu", "only.cu"):
            for phase in (["-c"], ["-dc"], ["-o", "program"], ["-lib", "-o", "l.a"], ["-t2", "-arch=all-major", "-c"]):
                message = self.refuse(*phase, source)
                self.assertIn(f"{source}:1:", message)
        self.refuse("-ptx", "device.cu")
        self.refuse("-fatbin", "device.cu")
        self.assertIn("missing", self.refuse("link.cu", "-o", "program"))
        self.assertEqual(self.files(), ["device.cu", "host.cu", "link.cu", "only.cu"])

    def test_an_error_is_said_once(self):
        self.write("a.cu", "int f() { return 1 }\n")
        self.assertEqual(self.refuse("-arch=all-major", "-t4", "-c", "a.cu").count("expected ';'"), 1)

    def test_the_old_output_survives_an_error(self):
        self.write("a.cu", "int f() { return 1 }\n")
        self.write("a.ptx", "old")
        self.refuse("-ptx", "a.cu")
        with open(self.path("a.ptx")) as file:
            self.assertEqual(file.read(), "old")

    def test_missing_header(self):
        self.write("a.cu", '#include "nosuch.h"\n')
        message = self.refuse("-Isome/folder", "-isystem", "other", "-c", "a.cu")
        self.assertIn("'nosuch.h' file not found", message)
        for folder in ("some/folder", "other", driver.TOOLKIT + "/include"):
            self.assertIn("\n    " + folder + "\n", message)
        self.write("b.cu", "#include <cudnn_that_is_not_there.h>\n")
        self.assertIn("cuDNN is not part of this Anywarp", self.refuse("-c", "b.cu"))

    def test_files_that_are_not_there(self):
        self.assertIn("Cannot open 'a.cu'", self.refuse("-c", "a.cu"))
        self.write("a.cu", "int f() { return 1; }\n")
        self.assertIn("no/such/folder", self.refuse("-c", "a.cu", "-o", "no/such/folder/a.o"))
        self.assertIn("no/such/folder", self.refuse("-ptx", "a.cu", "-o", "no/such/folder/a.ptx"))
        self.assertIn("Cannot open 'a.o'", self.refuse("a.o"))

    def test_damaged_inputs(self):
        self.write("bad.ptx", ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k() { bogus.u32 %r1; }\n")
        self.write("bad.o", "not an object")
        self.refuse("bad.o", "-o", "p")
        self.assertNotIn("p", self.files())


if __name__ == "__main__":
    driver.main()
