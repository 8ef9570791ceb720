#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The toolkit folder under build systems: CMake's CUDA language and FindCUDAToolkit, a Makefile, and the words with which
PyTorch's extension builder and other setup scripts call nvcc."""
import json
import os
import shutil
import subprocess
import unittest

import driver
from build_test import DEFINES, LINKED, MAIN, SQUARES, USES
from driver import FolderCase

CMAKE = os.environ.get("CMAKE", "cmake")

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(separable LANGUAGES CXX CUDA)
find_package(CUDAToolkit REQUIRED)
file(WRITE ${CMAKE_BINARY_DIR}/found.txt "${CUDAToolkit_VERSION}\\n${CUDAToolkit_INCLUDE_DIRS}\\n${CUDAToolkit_LIBRARY_DIR}\\n")
file(APPEND ${CMAKE_BINARY_DIR}/found.txt "${CMAKE_CUDA_COMPILER_ID}\\n${CMAKE_CUDA_COMPILER_VERSION}\\n${CMAKE_CUDA_ARCHITECTURES}\\n")
# Device code of a static library, used by kernels of the program.
add_library(device STATIC defines.cu)
add_executable(static_library main.cpp uses.cu)
target_link_libraries(static_library PRIVATE device)
# Both in a shared library, with the device link of CMake's own rules.
add_library(shared SHARED uses.cu defines.cu)
add_executable(shared_library main.cpp)
target_link_libraries(shared_library PRIVATE shared CUDA::cudart)
set_target_properties(device static_library shared PROPERTIES CUDA_SEPARABLE_COMPILATION ON POSITION_INDEPENDENT_CODE ON)
set_target_properties(shared PROPERTIES CUDA_RUNTIME_LIBRARY Shared)
# Whole programs.
add_executable(plain squares.cu)
target_compile_features(plain PRIVATE cuda_std_17)
target_compile_options(plain PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:--extended-lambda>)
add_executable(driver_api driver_api.cpp)
target_link_libraries(driver_api PRIVATE CUDA::cuda_driver)
add_library(ptx OBJECT squares.cu)
set_target_properties(ptx PROPERTIES CUDA_PTX_COMPILATION ON CUDA_ARCHITECTURES 80)
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/ptx.txt CONTENT "$<TARGET_OBJECTS:ptx>")
add_custom_target(all_ptx ALL DEPENDS ptx)
"""
DRIVER_API = """#include <cuda.h>
int main() {
  int n = 0;
  return cuInit(0) != CUDA_SUCCESS || cuDeviceGetCount(&n) != CUDA_SUCCESS || n < 1;
}
"""
MAKEFILE = """CUDA_PATH ?= /usr/local/cuda
NVCC := $(CUDA_PATH)/bin/nvcc -ccbin g++
NVCCFLAGS := -m64 -std=c++17 -Xcompiler -Wall --threads 0
GENCODE_FLAGS := $(foreach sm,80 90,-gencode arch=compute_$(sm),code=sm_$(sm)) -gencode arch=compute_90,code=compute_90
program: uses.o defines.o main.o
\t$(NVCC) $(NVCCFLAGS) $(GENCODE_FLAGS) -o $@ $+ -lcuda
%.o: %.cu
\t$(NVCC) $(NVCCFLAGS) $(GENCODE_FLAGS) -dc -MMD -o $@ -c $<
main.o: main.cpp
\tg++ -I$(CUDA_PATH)/include -o $@ -c $<
-include *.d
"""


class Projects(FolderCase):
    def setUp(self):
        super().setUp()
        for name, text in {"uses.cu": USES, "defines.cu": DEFINES, "main.cpp": MAIN, "squares.cu": SQUARES,
                           "driver_api.cpp": DRIVER_API, "CMakeLists.txt": PROJECT, "Makefile": MAKEFILE}.items():
            self.write(name, text)

    def call(self, *words, **more):
        result = subprocess.run(words, cwd=self.folder.name, env=driver.environment(**more), capture_output=True,
                                text=True, timeout=600)
        self.assertEqual(result.returncode, 0, f"{words}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}")
        return result.stdout

    def cmake(self, generator, *words):
        self.call(CMAKE, "-G", generator, "-S", ".", "-B", "b", *words, CUDACXX=driver.NVCC)
        self.call(CMAKE, "--build", "b")
        with open(self.path("b/found.txt")) as file:
            version, include, libraries, compiler, compiler_version, architectures = file.read().split("\n")[:6]
        self.assertEqual(compiler, "NVIDIA")
        self.assertEqual(version, compiler_version)
        self.assertTrue(version.startswith("13.0."))
        self.assertEqual(os.path.realpath(include), os.path.realpath(driver.TOOLKIT + "/include"))
        self.assertEqual(os.path.realpath(libraries), os.path.realpath(driver.LIBRARIES))
        self.assertEqual(self.run_program("b/static_library"), LINKED)
        self.assertEqual(self.run_program("b/shared_library"), LINKED)
        self.assertEqual(self.run_program("b/plain"), "9 9801 1\n")
        self.run_program("b/driver_api")
        with open(self.path("b/ptx.txt")) as file, open(file.read()) as ptx:
            self.assertIn(".entry _Z7squaresPii", ptx.read())
        return architectures

    def test_cmake_makefiles(self):
        self.assertEqual(self.cmake("Unix Makefiles"), "75")  # nvcc 13.0's own default

    def test_cmake_ninja(self):
        if not shutil.which("ninja"):
            self.skipTest("ninja is not installed")
        self.assertEqual(self.cmake("Ninja", "-DCMAKE_CUDA_ARCHITECTURES=80-real;90", "-DCMAKE_BUILD_TYPE=Release"), "80-real;90")
        # Dependencies are known: a changed header makes its users again.
        self.assertIn("no work to do", self.call("ninja", "-C", "b"))

    def test_cmake_with_gcc_as_host_compiler(self):
        if not shutil.which("g++"):
            self.skipTest("g++ is not installed")
        self.cmake("Unix Makefiles", "-DCMAKE_CUDA_HOST_COMPILER=g++", "-DCMAKE_CUDA_ARCHITECTURES=90")

    def test_makefile(self):
        self.call("make", f"CUDA_PATH={driver.TOOLKIT}")
        self.assertEqual(self.run_program("program"), LINKED)
        with open(self.path("uses.d")) as file:
            self.assertTrue(file.read().startswith("uses.o:"))

    def test_setup_scripts(self):
        """torch.utils.cpp_extension looks for CUDA_HOME/bin/nvcc, reads "release X.Y" and writes such command lines."""
        self.write("uses.cu", USES)
        flags = ("-D__CUDA_NO_HALF_OPERATORS__ -D__CUDA_NO_HALF_CONVERSIONS__ --expt-relaxed-constexpr --compiler-options '-fPIC' "
                 "-O3 -DTORCH_EXTENSION_NAME=x -gencode=arch=compute_80,code=sm_80 -gencode=arch=compute_90,code=compute_90 "
                 "-ccbin g++ -std=c++17 --generate-dependencies-with-compile --dependency-output u.o.d").split()
        flags[flags.index("'-fPIC'")] = "'-fPIC'"  # with the quotes, as it comes
        self.ok(*flags, "-c", "squares.cu", "-o", "u.o")
        self.call("g++", "u.o", "-shared", "-L" + driver.LIBRARIES, "-lcudart", "-o", "u.so")
        with open(self.path("u.o.d")) as file:
            self.assertTrue(file.read().startswith("u.o:"))

    def test_anywarp_cc_and_env(self):
        anywarp = os.environ.get("ANYWARP", os.path.join(os.path.dirname(driver.TOOLKIT), "bin", "anywarp"))
        self.call(anywarp, "cc", "squares.cu", "-o", "p")
        self.assertEqual(self.run_program("p"), "9 9801 1\n")
        self.assertIn("--gpu-architecture", self.call(anywarp, "cc", "--help"))
        script = self.call(anywarp, "env") + "command -v nvcc; echo $CUDA_HOME $CUDACXX $LD_LIBRARY_PATH"
        lines = self.call("sh", "-c", script, PATH="/usr/bin:/bin", LD_LIBRARY_PATH="/before").split()
        self.assertEqual(lines, [driver.NVCC, driver.TOOLKIT, driver.NVCC, f"{driver.LIBRARIES}:/before"])

    def test_version_file(self):
        with open(os.path.join(driver.TOOLKIT, "version.json")) as file:
            self.assertEqual(json.load(file)["cuda"]["version"].split(".")[:2], ["13", "0"])

    def test_companions(self):
        tools = os.path.join(driver.TOOLKIT, "bin")
        for tool in ("ptxas", "fatbinary", "nvlink", "cuobjdump"):
            self.assertRegex(self.call(os.path.join(tools, tool), "--version"), r"release 13\.0, V13\.0\.\d+")
        self.ok("-ptx", "-arch=sm_80", "squares.cu")
        self.assertIn("_Z7squaresPii", subprocess.run([os.path.join(tools, "ptxas"), "-v", "squares.ptx", "-o", "squares.cubin"],
                                                      cwd=self.folder.name, capture_output=True, text=True).stderr)
        self.call(os.path.join(tools, "fatbinary"), "--create=s.fatbin", "--image3=kind=elf,sm=80,file=squares.cubin",
                  "--image=profile=compute_80,file=squares.ptx")
        self.assertEqual(self.call(os.path.join(tools, "cuobjdump"), "-lptx", "s.fatbin").split("\n")[:2],
                         ["PTX file    1: s.1.sm_80.ptx", "PTX file    2: s.2.sm_80.ptx"])
        self.call(os.path.join(tools, "cuobjdump"), "-xptx", "all", "s.fatbin")
        with open(self.path("s.1.sm_80.ptx")) as one, open(self.path("squares.ptx")) as other:
            self.assertEqual(one.read(), other.read())

    def test_companions_refuse(self):
        self.write("bad.ptx", ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k()\n{ bogus.u32 %r1; }\n")
        ptxas = os.path.join(driver.TOOLKIT, "bin", "ptxas")
        result = subprocess.run([ptxas, "bad.ptx", "-o", "bad.cubin"], cwd=self.folder.name, capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("bad.ptx:5:3: error:", result.stderr)
        self.assertNotIn("bad.cubin", self.files())

    def test_linked_cubin_loads(self):
        self.ok("-dc", "uses.cu")
        self.ok("-dc", "defines.cu")
        self.ok("-lib", "defines.o", "-o", "libd.a")
        self.call(os.path.join(driver.TOOLKIT, "bin", "nvlink"), "-arch=sm_80", "uses.o", "-L", ".", "-l", "d", "-o", "linked.cubin")
        self.write("load.cpp", """#include <cuda.h>
#include <cstdio>
int main() {
  CUcontext context;
  CUmodule module;
  CUfunction kernel;
  CUdeviceptr p;
  int last = 0;
  cuInit(0);
  cuDevicePrimaryCtxRetain(&context, 0);
  cuCtxSetCurrent(context);
  if (cuModuleLoad(&module, "linked.cubin") || cuModuleGetFunction(&kernel, module, "_Z6kernelPi")) return 1;
  cuMemAlloc(&p, 128);
  void* arguments[] = {&p};
  if (cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, nullptr, arguments, nullptr)) return 2;
  cuMemcpyDtoH(&last, p + 31 * 4, 4);
  std::printf("%d\\n", last);
}
""")
        self.ok("load.cpp", "-lcuda", "-o", "load")
        self.assertEqual(self.run_program("load"), LINKED.split()[1] + "\n")


if __name__ == "__main__":
    driver.main()
