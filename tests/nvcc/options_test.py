#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Options of nvcc: each spelling is taken, and each option has the effect that NVIDIA's manual gives it ("NVCC Command
Options") or says in --help that it has none. Seen through -dryrun; nothing is compiled."""
import os
import re
import shutil
import subprocess
import unittest

import driver
from driver import DryRun, FolderCase, nvcc

HELP = re.findall(r"^--(\S+)(?: (\S+))?\s+\(-(\S+)\)\n((?: {8}.*\n)+)", nvcc("--help").stdout, re.MULTILINE)
# These have no effect on commands that are worth a look, by their own words.
SILENT = ("No effect", "Accepted", "accepted", "Not supported", "always on here", "Noted in the fatbin")


def has(*words):
    """All of these words stand in each command, neighbours where they are given as one text with blanks."""
    def check(test, commands):
        test.assertTrue(commands)
        for command in commands:
            line = " " + " ".join(command) + " "
            for word in words:
                test.assertIn(" " + word + " ", line)
    return check


def lacks(*words):
    def check(test, commands):
        test.assertTrue(commands)
        for command in commands:
            for word in words:
                test.assertNotIn(word, command)
    return check


# Option: command line (with a source), which commands to look at, what must be true of them.
EFFECTS = {
    "pre-include": ("-include x.h,y.h -c a.cu", {"device": has("-include x.h", "-include y.h"), "host": has("-include x.h")}),
    "library": ("-lfoo,bar -l baz a.o", {"link": has("-lfoo", "-lbar", "-lbaz")}),
    "define-macro": ("-DX=1,Y -D Z -c a.cu", {"device": has("-DX=1", "-DY", "-DZ"), "host": has("-DX=1", "-DY", "-DZ")}),
    "undefine-macro": ("-UX,Y -c a.cu", {"device": has("-UX", "-UY"), "host": has("-UX", "-UY")}),
    "include-path": ("-Ip,q -I r -I=s -c a.cu", {"device": has("-Ip", "-Iq", "-Ir", "-Is"), "host": has("-Ip", "-Is")}),
    "system-include": ("-isystem=p,q -c a.cu", {"device": has("-isystem p", "-isystem q"), "host": has("-isystem p")}),
    "library-path": ("-Lp,q -L r a.o", {"link": has("-Lp", "-Lq", "-Lr")}),
    "output-file": ("-c a.cu -o b.o", {"host": has("-o b.o")}),
    "output-directory": ("-c a.cu -odir p", {"host": has("-o p/a.o")}),
    "compiler-bindir": ("-ccbin g++ -c a.cpp", {"host": lambda test, c: test.assertEqual(c[0][0], "g++")}),
    "archiver-binary": ("-arbin llvm-ar -lib a.o -o a.a", {"commands": lambda test, c: test.assertEqual(c[0][0], "llvm-ar")}),
    "cudart": ("-cudart shared a.o", {"link": has("-lcudart")}),
    "cudadevrt": ("-cudadevrt none a.o", {"link": lacks("-lcudadevrt")}),
    "libdevice-directory": (f"-ldir {driver.TOOLKIT}/nvvm/../nvvm/libdevice -c a.cu",
                            {"device": has(f"-Xclang {driver.TOOLKIT}/nvvm/../nvvm/libdevice/libdevice.10.bc")}),
    "profile": ("-pg a.cu", {"host": has("-pg"), "link": has("-pg"), "device": lacks("-pg")}),
    "debug": ("-g a.cu", {"host": has("-g"), "link": has("-g"), "device": lacks("-g")}),
    "device-debug": ("-G -c a.cu", {"device": has("-O0", "-gline-directives-only", "-D__CUDACC_DEBUG__"), "host": lacks("-g")}),
    "generate-line-info": ("-lineinfo -c a.cu", {"device": has("-O3", "-gline-directives-only")}),
    "optimization-info": ("-opt-info inline -c a.cu", {"device": has("-Rpass=inline")}),
    "optimize": ("-O1 -c a.cu", {"host": has("-O1"), "device": has("-O3")}),
    "Ofast-compile": ("-Ofc max -c a.cu", {"device": has("-O1")}),
    "dopt": ("-G -dopt on -c a.cu", {"device": has("-O3")}),
    "dlink-time-opt": ("-dlto -c a.cu", {"device": has("-fgpu-rdc", "-D__CUDACC_RDC__")}),
    "lto": ("-lto -c a.cu", {"device": has("-fgpu-rdc")}),
    "ftemplate-backtrace-limit": ("-ftemplate-backtrace-limit 7 -c a.cu", {"device": has("-ftemplate-backtrace-limit=7")}),
    "ftemplate-depth": ("-ftemplate-depth=77 -c a.cu", {"device": has("-ftemplate-depth=77"), "host": has("-ftemplate-depth=77")}),
    "no-exceptions": ("-noeh -c a.cu", {"host": has("-fno-exceptions")}),
    "shared": ("-shared a.o -o a.so", {"link": has("-shared", "-o a.so")}),
    "x": ("-x cu -c a.cpp", {"device": has("-x cuda"), "host": has("-x cuda")}),
    "std": ("-std=c++20 -c a.cu", {"device": has("-std=c++20"), "host": has("-std=c++20")}),
    "expt-relaxed-constexpr": ("-expt-relaxed-constexpr -c a.cu", {"device": has("-D__CUDACC_RELAXED_CONSTEXPR__")}),
    "extended-lambda": ("-extended-lambda -c a.cu", {"device": has("-D__CUDACC_EXTENDED_LAMBDA__")}),
    "expt-extended-lambda": ("--expt-extended-lambda -c a.cu", {"host": has("-D__CUDACC_EXTENDED_LAMBDA__")}),
    "machine": ("-m 64 a.o", {"link": has("-m64")}),
    "m64": ("-m64 a.o", {"link": has("-m64")}),
    "compiler-options": ("-Xcompiler -fPIC,-Wall a.cu", {"host": has("-fPIC", "-Wall"), "link": has("-fPIC"), "device": lacks("-fPIC")}),
    "linker-options": ("-Xlinker -rpath,/x -Xlinker=-z,now a.o", {"link": has("-Xlinker -rpath -Xlinker /x -Xlinker -z -Xlinker now")}),
    "archive-options": ("-Xarchive D -lib a.o -o a.a", {"commands": has("ar crs D a.a a.o")}),
    "forward-unknown-to-host-compiler": ("-forward-unknown-to-host-compiler -fPIC a.cu", {"host": has("-fPIC")}),
    "forward-unknown-to-host-linker": ("-forward-unknown-to-host-linker -pie a.cu", {"link": has("-Xlinker -pie"), "host": lacks("-pie")}),
    "forward-unknown-opts": ("-forward-unknown-opts -fsome a.cu", {"host": has("-fsome"), "link": has("-fsome")}),
    "fdevice-syntax-only": ("-fdevice-syntax-only -c a.cu", {"device": has("-fsyntax-only"), "host": lambda test, c: test.assertEqual(c, [])}),
    "fdevice-time-trace": ("-fdevice-time-trace t.json -c a.cu", {"device": has("-ftime-trace=t.json")}),
    "keep": ("-keep -c a.cu", {"device": has("-o a.ptx")}),
    "keep-dir": ("-keep -keep-dir k -c a.cu", {"device": has("-o k/a.ptx")}),
    "save-temps": ("-save-temps -c a.cu", {"device": has("-o a.ptx")}),
    "no-device-link": ("-nodlink a.o", {"commands": lambda test, c: test.assertEqual(len(c), 1)}),
    "gpu-architecture": ("-arch sm_86 -c a.cu", {"device": has("--cuda-gpu-arch=sm_86", "-D__CUDA_ARCH_LIST__=860")}),
    "gpu-code": ("-arch compute_80 -code sm_80,sm_86 -c a.cu", {"device": has("--cuda-gpu-arch=sm_80")}),
    "generate-code": ("-gencode arch=compute_75,code=sm_75 -gencode arch=compute_90,code=[sm_90,compute_90] -c a.cu",
                      {"device": lambda test, c: test.assertEqual(len(c), 2), "host": has("-D__CUDA_ARCH_LIST__=750,900")}),
    "relocatable-device-code": ("-rdc=true -c a.cu", {"device": has("-fgpu-rdc"), "host": has("-fgpu-rdc", "-D__CUDACC_RDC__")}),
    "use_fast_math": ("-use_fast_math -c a.cu", {"device": has("-fgpu-flush-denormals-to-zero", "-fcuda-approx-transcendentals",
                                                               "-mllvm -nvptx-prec-divf32=0", "-mllvm -nvptx-prec-sqrtf32=0")}),
    "ftz": ("-ftz=true -c a.cu", {"device": has("-fgpu-flush-denormals-to-zero")}),
    "prec-div": ("-prec-div=false -c a.cu", {"device": has("-mllvm -nvptx-prec-divf32=1")}),
    "prec-sqrt": ("-prec-sqrt false -c a.cu", {"device": has("-mllvm -nvptx-prec-sqrtf32=0")}),
    "fmad": ("-fmad=false -c a.cu", {"device": has("-ffp-contract=off")}),
    "default-stream": ("-default-stream per-thread -c a.cu", {"host": has("-fgpu-default-stream=per-thread")}),
    "disable-warnings": ("-w -c a.cu", {"host": has("-w")}),
    "Wreorder": ("-Wreorder -c a.cu", {"host": has("-Wreorder")}),
    "Wno-deprecated-declarations": ("-Wno-deprecated-declarations -c a.cu", {"host": has("-Wno-deprecated-declarations")}),
    "Werror": ("-Werror all-warnings,reorder -c a.cu", {"host": has("-Werror", "-Werror=reorder")}),
    "relocatable-link": ("-r a.o -o b.o", {"link": has("-r")}),
    "brief-diagnostics": ("-brief-diag=true -c a.cu", {"host": has("-fno-caret-diagnostics")}),
    "generate-dependencies": ("-M a.cu", {"commands": has("-M", "-MT a.o")}),
    "generate-nonsystem-dependencies": ("-MM a.cu", {"commands": has("-MM", "-MT a.o")}),
    "generate-dependencies-with-compile": ("-MD -c a.cu -o p/b.o", {"host": has("-MD", "-MF p/b.d", "-MT p/b.o")}),
    "generate-nonsystem-dependencies-with-compile": ("-MMD -c a.cu", {"host": has("-MMD", "-MF a.d")}),
    "dependency-output": ("-MD -MF x.d -c a.cu", {"host": has("-MF x.d")}),
    "dependency-target-name": ("-MD -MT y -c a.cu", {"host": has("-MT y")}),
    "dependency-quoted-target-name": ("-MD -MQ y -c a.cu", {"host": has("-MQ y")}),
    "generate-dependency-targets": ("-MD -MP -c a.cu", {"host": has("-MP")}),
    "preprocess": ("-E a.cu -o a.ii", {"commands": has("-E a.cu", "-o a.ii")}),
    "ptx": ("-ptx a.cu", {"device": has("-o a.ptx"), "host": lambda test, c: test.assertEqual(c, [])}),
    "cubin": ("-cubin -arch=sm_80 a.cu", {"commands": has()}),
    "fatbin": ("-fatbin a.cu", {"host": lambda test, c: test.assertEqual(c, [])}),
    "cuda": ("-cuda a.cu", {"device": has("-S"), "host": lambda test, c: test.assertEqual(c, [])}),
    "compile": ("-c a.cu b.cpp", {"host": lambda test, c: test.assertEqual(len(c), 2)}),
    "device-c": ("-dc a.cu", {"device": has("-fgpu-rdc"), "host": has("-o a.o")}),
    "device-w": ("-dw a.cu", {"device": lacks("-fgpu-rdc"), "host": has("-o a.o")}),
    "device-link": ("-dlink a.o b.o -o d.o", {"link": lambda test, c: test.assertEqual(c, []), "commands": has("-o d.o")}),
    "link": ("-link a.cu -o a", {"link": has("-o a")}),
    "lib": ("-lib a.cu b.o -o c.a", {"commands": lambda test, c: test.assertEqual(c[-1][:3], ["ar", "crs", "c.a"])}),
    "run": ("-run a.cu", {"commands": lambda test, c: test.assertTrue(c[-1][0].endswith("/a.out"))}),
    "run-args": ("-run -run-args x,y a.cu", {"commands": lambda test, c: test.assertEqual(c[-1][1:], ["x", "y"])}),
}
# Tried in build_test.py, because -dryrun does not show them.
ELSEWHERE = {"dryrun", "verbose", "threads", "clean-targets", "time", "ptxas-options", "resource-usage", "no-compress",
             "compress-mode", "list-gpu-code", "list-gpu-arch", "help", "version", "options-file"}


class Spellings(unittest.TestCase):
    def test_help_lists_options(self):
        self.assertGreater(len(HELP), 140)

    def test_every_spelling_is_taken(self):
        for name, metavar, short, _ in HELP:
            if name in ("help", "version", "list-gpu-code", "list-gpu-arch", "options-file", "optix-ir", "ltoir", "x"):
                continue
            value = {"arch": "sm_80", "arch=...,code=...": "arch=compute_80,code=sm_80", "code,...": "sm_80",
                     "standard": "c++17", "number": "1", "level": "1", "mode": "none", "64": "64", "on": "on",
                     "kind,...": "all-warnings", "inline,...": "inline"}.get(metavar, "v")
            if metavar.startswith("{"):
                value = metavar[1:-1].split("|")[0]
            if name == "libdevice-directory":
                value = os.path.join(driver.TOOLKIT, "nvvm", "libdevice")
            spellings = [["--" + name], ["-" + short]]
            if metavar:
                spellings = [[*s, value] for s in spellings] + [[f"{s[0]}={value}"] for s in spellings]
            extra = ["-arch=compute_80"] if name == "gpu-code" else []
            for spelling in spellings:
                result = nvcc("-dryrun", *extra, *spelling, "-o", "b", "a.cu")
                self.assertEqual(result.returncode, 0, f"{spelling}: {result.stderr[-300:]}")

    def test_every_option_has_an_effect_or_says_it_has_none(self):
        for name, _, _, text in HELP:
            silent = any(word in " ".join(text.split()) for word in SILENT)
            self.assertTrue(name in EFFECTS or name in ELSEWHERE or silent, name)

    def test_names_are_those_of_an_installed_nvcc(self):
        real = shutil.which("nvcc", path="/usr/local/cuda/bin")
        if not real:
            self.skipTest("no NVIDIA nvcc here")
        text = subprocess.run([real, "--help"], capture_output=True, text=True).stdout
        theirs = set(re.findall(r"^--(\S+) .*\((-\S+)\)$", re.sub(r" +\n", "\n", text), re.MULTILINE))
        ours = {(name, "-" + short) for name, _, short, _ in HELP}
        self.assertEqual({t for t in theirs if t[0] != "no-align-double"} - ours, set())


class Effects(unittest.TestCase):
    def test_effects(self):
        for name, (line, expectations) in EFFECTS.items():
            with self.subTest(name):
                run = DryRun(*line.split())
                self.assertEqual(run.result.returncode, 0, run.text)
                for which, check in expectations.items():
                    check(self, getattr(run, which))

    def test_macros_of_the_dialect(self):
        expected = has("-D__NVCC__", "-D__CUDACC__", "-D__CUDACC_VER_MAJOR__=13", "-D__CUDACC_VER_MINOR__=0",
                       "-D__NVCC_DIAG_PRAGMA_SUPPORT__=1", "-D__CUDA_ARCH_LIST__=750")
        run = DryRun("-c", "a.cu")
        expected(self, run.device)
        expected(self, run.host)
        lacks("-D__CUDACC_RDC__", "-D__CUDACC_EXTENDED_LAMBDA__", "-D__CUDACC_RELAXED_CONSTEXPR__")(self, run.device)

    def test_defaults(self):
        run = DryRun("a.cu")
        has("--cuda-gpu-arch=sm_75", "-O3", "-ffp-contract=fast-honor-pragmas")(self, run.device)
        has("-lcudadevrt", "-lcudart_static -lrt -lpthread -ldl", "-o a.out")(self, run.link)


class Architectures(unittest.TestCase):
    def passes(self, *words):
        run = DryRun(*words, "-c", "a.cu")
        self.assertEqual(run.result.returncode, 0, run.text)
        return re.findall(r"-arch compute_(\w+)", run.text)

    def test_forms(self):
        cases = {
            "-arch=sm_80": ["80"], "-arch=compute_80": ["80"], "--gpu-architecture sm_90a": ["90a"],
            "-arch=sm_80 -arch=sm_90": ["90"],  # the last one
            "-arch=sm_80 -gencode arch=compute_90,code=sm_90": ["80", "90"],
            "-gencode=arch=compute_90,code=compute_90 -gencode arch=compute_75,code=sm_75": ["75", "90"],
            '-gencode arch=compute_80,code="sm_80,compute_80"': ["80"],
            "-gencode code=sm_80,arch=compute_80": ["80"],
            "-gencode arch=compute_80,code=[sm_80,sm_86] -gencode arch=compute_80,code=compute_80": ["80"],
            "-arch=all-major": ["75", "80", "90", "100", "110", "120"], "-arch=native": ["90"],
            "-arch=sm_52": ["52"],
        }
        for line, expected in cases.items():
            self.assertEqual(self.passes(*line.split()), expected, line)
        listed = [line.removeprefix("compute_") for line in nvcc("--list-gpu-arch").stdout.split()]
        self.assertEqual(self.passes("-arch=all"), listed)

    def test_specific_architectures_have_their_macros(self):
        has("-D__CUDA_ARCH_FEAT_SM90_ALL", "-D__CUDA_ARCH_SPECIFIC__=900")(self, DryRun("-arch=sm_90a", "-c", "a.cu").device)
        has("-D__CUDA_ARCH__=1000", "-D__CUDA_ARCH_FAMILY_SPECIFIC__=1000")(self, DryRun("-arch=sm_100f", "-c", "a.cu").device)

    def test_refused(self):
        for line, message in {
                "-arch=sm_99": "Unsupported gpu architecture 'sm_99'", "-arch=gfx90a": "Unsupported gpu architecture",
                "-arch=sm_80a": "Unsupported gpu architecture", "-code=sm_80": "--gpu-code needs",
                "-gencode arch=compute_80,code=sm_75": "Incompatible code generation requested: arch='compute_80', code='sm_75'",
                "-gencode code=sm_75": "has no arch=", "-arch=native -code=sm_80": "cannot be used with -code",
                "-ptx -arch=all": "not allowed when compiling for multiple GPU architectures"}.items():
            result = nvcc("-dryrun", *line.split(), "-c", "a.cu")
            self.assertEqual(result.returncode, 1, line)
            self.assertIn(message, result.stderr)


class CommandLines(FolderCase):
    def test_refused(self):
        for words, message in [
                (["-archh=sm_80", "a.cu"], "Unknown option '-archh=sm_80' (did you mean '-arch=sm_80'?)"),
                (["--fmadd=true", "a.cu"], "Unknown option '--fmadd=true' (did you mean '--fmad=true'?)"),
                (["-typo", "a.cu"], "Unknown option '-typo'"),
                (["-std=c++98", "a.cu"], "Value 'c++98' is not defined for option '--std'"),
                (["-rdc=maybe", "a.cu"], "Value 'maybe' is not defined"),
                (["a.cu", "-o"], "Option '-o' needs a value"),
                ([], "No input files specified"),
                (["a.rs"], "Don't know what to do with 'a.rs'"),
                (["-c", "a.cu", "b.cu", "-o", "x.o"], "A single input file is required"),
                (["-optix-ir", "a.cu"], "--optix-ir is not supported"),
                (["@missing"], "Cannot open the options file 'missing'")]:
            result = self.nvcc(*words)
            self.assertEqual(result.returncode, 1, words)
            self.assertIn(message, result.stderr)

    def test_quotes_protect_commas(self):
        cases = [(['-DX="a,b"'], '-DX="a,b"'), ([r"-DX=f(a\,b)"], "-DX=f(a,b)")]
        for words, expected in cases:
            self.assertIn(expected, DryRun(*words, "-c", "a.cu").host[0])
        host = DryRun("-Xcompiler", r'-DT=\"x y\",-DU', "-c", "a.cu").host[0]
        self.assertIn('-DT="x', host)
        self.assertIn("-DU", host)
        self.assertIn("-DP=1,2", DryRun("-Xcompiler", r"-DP=1\,2", "-c", "a.cu").host[0])
        self.assertIn("-DA B", DryRun("-Xcompiler", '"-DA B"', "-c", "a.cu").host[0])

    def test_options_files(self):
        self.write("one.txt", "-DONE\n-I 'with blank'\n--options-file two.txt\n")
        self.write("two.txt", "\ufeff-DTWO\r\n")  # as editors on Windows write UTF-8
        self.write("loop.txt", "@loop.txt")
        for form in (["@one.txt"], ["--options-file", "one.txt"], ["-optf=one.txt"], ["-optf", "one.txt,two.txt"]):
            host = DryRun(*form, "-c", "a.cu", cwd=self.folder.name).host[0]
            for word in ("-DONE", "-DTWO", "-Iwith blank"):
                self.assertIn(word, host)
        self.assertIn("name each other", self.nvcc("@loop.txt").stderr)

    def test_environment(self):
        run = DryRun("-c", "a.cu", NVCC_PREPEND_FLAGS="-DFIRST -O1", NVCC_APPEND_FLAGS="-O2 '-DLAST=a b'")
        host = run.host[0]
        self.assertIn("-DFIRST", host)
        self.assertIn("-DLAST=a b", host)
        self.assertIn("-O2", host)
        self.assertNotIn("-O1", host)
        self.assertEqual(DryRun("-c", "a.cpp", NVCC_CCBIN="g++").host[0][0], "g++")

    def test_version_is_what_build_systems_look_for(self):
        text = nvcc("--version").stdout
        self.assertRegex(text, r"nvcc: NVIDIA \(R\) Cuda compiler driver")  # CMakeDetermineCUDACompiler
        self.assertRegex(text, r"V13\.0\.\d+")  # CMake, FindCUDAToolkit
        self.assertRegex(text, r"release 13\.0,")  # PyTorch, meson, autotools
        self.assertIn("Anywarp", text)
        self.assertEqual(text, nvcc("-V").stdout)

    def test_settings_that_cmake_reads(self):
        run = DryRun("a.cu", "-o", "a")
        self.assertEqual(os.path.realpath(run.settings["TOP"]), os.path.realpath(driver.TOOLKIT))
        self.assertEqual(run.settings["INCLUDES"].strip(), f'"-I{driver.TOOLKIT}/include"')
        self.assertIn(run.settings["LIBRARIES"].strip(), run.text.splitlines()[-1])
        self.assertIn("TOP=", nvcc("-v", "__cmake_determine_cuda").stderr)


if __name__ == "__main__":
    driver.main()
