#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the `anywarp` command in a moved copy of its tree: exit codes, signals, messages, output."""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

options = None


class Cli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="anywarp-cli-")
        # A copy elsewhere: nothing may depend on where it was built.
        cls.bin = os.path.join(cls.folder, "tree", "bin", "anywarp")
        cls.lib = os.path.join(cls.folder, "tree", "lib")
        os.makedirs(os.path.dirname(cls.bin))
        os.makedirs(cls.lib)
        shutil.copy(options.anywarp, cls.bin)
        built = os.path.join(os.path.dirname(os.path.dirname(options.anywarp)), "lib")
        for name in os.listdir(built) if os.path.isdir(built) else []:
            if name.startswith("libanywarp"):
                shutil.copy(os.path.join(built, name), cls.lib)
        # The command only looks whether it is there.
        open(os.path.join(cls.lib, "libcuda.so.1"), "w").close()
        cls.images = os.path.join(cls.folder, "images")
        os.makedirs(cls.images)
        subprocess.run([options.make_images, cls.images], check=True)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def call(self, *args, env=None, code=0, **more):
        e = {k: v for k, v in os.environ.items() if not k.startswith(("ANYWARP_", "LD_", "CUDA_"))}
        e.update(env or {})
        r = subprocess.run([self.bin, *args], env=e, capture_output=True, text=True, timeout=60, **more)
        self.assertEqual(r.returncode, code, f"{args}: {r.stdout}\n{r.stderr}")
        if code not in (0, -15) and args and args[0] != "run":
            self.assertRegex(r.stderr, r"^anywarp: .+\n", args)
        self.assertNotIn("\033", r.stdout)  # no colours into a pipe
        return r

    def image(self, name):
        return os.path.join(self.images, name)

    # The command line

    def test_no_command_and_nonsense_are_usage_errors(self):
        for args in ([], ["nonsense"], ["inspect"], ["cache"], ["cache", "nonsense"], ["run", "--nonsense", "true"],
                     ["run"], ["run", "--"], ["run", "--nonsense", "--", "true"], ["profile", "--nonsense", "--", "true"],
                     ["profile", "--json", "--csv", "true"], ["run", "--log", "loud", "true"], ["run", "--threads", "-1", "true"],
                     ["run", "--threads", "x", "true"], ["run", "--compute-capability", "nine", "true"],
                     ["run", "--trace=api,nonsense", "true"], ["cache", "warm", "x", "--shape", "2000"],
                     ["cache", "warm", "x", "--shape", "32,64"], ["cache", "warm", "x", "--shape", "1,1,1,1"],
                     ["cache", "warm", "x", "--shape", "0"], ["cache", "warm", "x", "--shape", ""]):
            with self.subTest(args=args):
                r = self.call(*args, code=2)
                self.assertTrue(r.stderr.startswith("anywarp: "), r.stderr)
                if args == ["nonsense"]:
                    self.assertIn("no command nonsense", r.stderr)
                if "--nonsense" in args:
                    self.assertIn("does not know the option --nonsense", r.stderr)

    def test_help_and_version(self):
        self.assertRegex(self.call("--version").stdout, r"^anywarp \d+\.\d+\.\d+\n$")
        for args in (["--help"], ["run", "--help"], ["info", "-h"], ["inspect", "--help"], ["cache", "warm", "-h"]):
            self.assertIn("Usage: ", self.call(*args).stdout)

    # run

    def test_run_passes_exit_code_and_arguments(self):
        r = self.call("run", "--", "sh", "-c", 'echo "$@"; exit 42', "sh", "-x", "--", "a b", code=42)
        self.assertEqual(r.stdout, "-x -- a b\n")

    def test_run_without_dashes_stops_at_the_program(self):
        r = self.call("run", "--threads", "2", "echo", "--trace", "--", "x")
        self.assertEqual(r.stdout, "--trace -- x\n")
        r = self.call("run", "--threads", "2", "echo", "--trace", "x.json")  # the program's own
        self.assertEqual(r.stdout, "--trace x.json\n")

    def test_run_passes_signals(self):
        self.call("run", "--", "sh", "-c", "kill -TERM $$", code=-signal.SIGTERM)
        r = subprocess.run(["sh", "-c", f'"{self.bin}" run -- sh -c "kill -TERM \\$\\$"; echo $?'],
                           capture_output=True, text=True)
        self.assertEqual(r.stdout, "143\n")

    def test_run_passes_a_signal_from_outside(self):
        p = subprocess.Popen([self.bin, "run", "--", "sleep", "60"])
        p.send_signal(signal.SIGTERM)
        self.assertEqual(p.wait(timeout=30), -signal.SIGTERM)

    def test_run_passes_standard_streams(self):
        self.assertEqual(self.call("run", "cat", input="through\n").stdout, "through\n")

    def test_run_names_what_is_wrong_with_the_program(self):
        self.assertIn("PATH", self.call("run", "no-such-program-here", code=127).stderr)
        self.assertIn("no such file", self.call("run", "./no/such/file", code=127).stderr)
        self.assertIn("not executable", self.call("run", self.image("text"), code=126).stderr)
        self.assertIn("not a file", self.call("run", self.images, code=126).stderr)
        script = os.path.join(self.folder, "script")
        with open(script, "w") as f:
            f.write("#!/no/such/interpreter\n")
        os.chmod(script, 0o755)
        self.assertIn("/no/such/interpreter", self.call("run", script, code=126).stderr)

    def test_run_sets_the_environment(self):
        r = self.call("run", "--threads", "3", "--trace", "--log", "info", "--compute-capability", "8.6", "-d", "0",
                      "env", env={"LD_LIBRARY_PATH": f"/first::/second:{self.lib}"})
        lines = r.stdout.splitlines()
        for line in ("ANYWARP_THREADS=3", "ANYWARP_TRACE=api", "ANYWARP_LOG=info", "CUDA_VISIBLE_DEVICES=0",
                     "ANYWARP_COMPUTE_CAPABILITY=8.6", f"LD_LIBRARY_PATH={self.lib}:/first:/second"):
            self.assertIn(line, lines)
        r = self.call("run", "-d", "cpu:threads=1;cpu:threads=1", "--trace=api,launch", "env")
        self.assertIn("ANYWARP_DEVICES=cpu:threads=1;cpu:threads=1\n", r.stdout)
        self.assertIn("ANYWARP_TRACE=api,launch\n", r.stdout)

    def test_run_without_libraries_is_our_fault(self):
        bare = os.path.join(self.folder, "bare", "bin")
        os.makedirs(bare)
        os.makedirs(os.path.join(self.folder, "bare", "lib"))
        for name in os.listdir(self.lib):
            if name.startswith("libanywarp"):
                shutil.copy(os.path.join(self.lib, name), os.path.join(self.folder, "bare", "lib"))
        copy = shutil.copy(self.bin, bare)
        r = subprocess.run([copy, "run", "true"], capture_output=True, text=True)
        self.assertEqual(r.returncode, 125, r.stderr)
        self.assertIn("libcuda.so.1", r.stderr)

    def test_run_wins_over_an_rpath(self):
        build = os.path.join(self.folder, "rpath")
        os.makedirs(build)

        def compile(*args):
            subprocess.run([options.cc, "-x", "c", "-", *args], input=compile.text, text=True, check=True)

        compile.text = 'const char* who(void) { return "theirs"; }'
        compile("-shared", "-fPIC", "-Wl,-soname,libcudart.so.12", "-o", f"{build}/libcudart.so.12")
        compile.text = ('#include <stdio.h>\nconst char* who(void);\n'
                        'int main(void) { return puts(who()) < 0; }')
        program = os.path.join(build, "program")
        compile("-o", program, "-Wl,--disable-new-dtags,-rpath,$ORIGIN", f"-L{build}", "-l:libcudart.so.12")
        self.assertEqual(subprocess.run([program], capture_output=True, text=True).stdout, "theirs\n")
        compile.text = 'const char* who(void) { return "ours"; }'
        compile("-shared", "-fPIC", "-Wl,-soname,libcudart.so.12", "-o", f"{self.lib}/libcudart.so.12")
        try:
            r = self.call("run", "--", program)
            self.assertEqual(r.stdout, "ours\n")
            self.assertEqual(r.stderr, "")
        finally:
            os.remove(f"{self.lib}/libcudart.so.12")

    # inspect

    def inspect(self, name, *args):
        return json.loads(self.call("inspect", self.image(name), "--json", *args).stdout)

    def test_inspect_fatbin(self):
        r = self.inspect("both.fatbin")
        self.assertEqual([(i["kind"], i["arch"], i["compression"]) for i in r["images"]],
                         [("cubin", "sm_75", "zstd"), ("PTX", "compute_80", "lz4")])
        self.assertEqual(r["kernels"], [{"name": "_Z3addPfi", "demangled": "add(float*, int)"}])
        self.assertEqual(r["verdict"]["result"], "runs")
        text = self.call("inspect", self.image("both.fatbin")).stdout
        self.assertIn("add(float*, int)", text)
        self.assertIn("runs: PTX for compute_80 present", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_inspect_says_why_it_cannot_run(self):
        for name in ("cubin_only.fatbin", "sm75.cubin"):
            r = self.inspect(name)
            self.assertEqual(r["verdict"]["result"], "cannot run")
            self.assertIn("arch=compute_75,code=compute_75", r["verdict"]["text"])
        self.assertIn("another processor", self.inspect("foreign.so")["verdict"]["text"])

    def test_inspect_object_with_relocatable_code(self):
        r = self.inspect("two.o")
        self.assertEqual(r["modules"], 1)
        self.assertEqual({k["name"] for k in r["kernels"]}, {"_Z3addPfi", "second"})
        self.assertEqual([i["function"] for i in r["imports"]], ["cudaMalloc"])
        self.assertEqual(r["imports"][0]["library"], "libcudart")

    def inspect_ptx(self, version, target, body):
        path = os.path.join(self.folder, "half.ptx")
        with open(path, "w", encoding="utf-8") as f:
            f.write(f".version {version}\n.target {target}\n.address_size 64\n"
                    ".visible .entry good() { ret; }\n.visible .entry wrong() { " + body + "; ret; }\n")
        return json.loads(self.call("inspect", path, "--json").stdout)

    def test_inspect_refuses_what_breaks_the_rules(self):
        r = self.inspect_ptx("7.0", "sm_80", "@@")
        self.assertEqual(r["verdict"]["result"], "cannot run")
        self.assertIn("5:28: error", r["verdict"]["text"])
        self.assertEqual(len(r["problems"]), 1)

    def test_inspect_names_kernels_that_are_not_supported(self):
        r = self.inspect_ptx("8.7", "sm_100a", "tcgen05.fence::before_thread_sync")
        self.assertEqual(r["verdict"]["result"], "runs in part")
        self.assertIn("wrong", r["verdict"]["text"])
        self.assertEqual(len(r["problems"]), 1)

    def test_inspect_host_program_without_cuda(self):
        self.assertEqual(self.call("inspect", sys.executable).stdout.splitlines()[-1].split(":")[0], "nothing to do")

    def test_inspect_writes_ptx(self):
        def read(path):
            with open(path, encoding="utf-8") as f:
                return f.read()

        text = read(self.image("add.ptx"))
        out = os.path.join(self.folder, "out.ptx")
        self.call("inspect", self.image("both.fatbin"), "--ptx", out)
        self.assertEqual(read(out), text)
        self.assertEqual(self.call("inspect", self.image("both.fatbin"), "--ptx", "-").stdout, text)
        folder = os.path.join(self.folder, "many")
        self.call("inspect", self.image("two.o"), "--ptx", folder)
        self.assertEqual(sorted(os.listdir(folder)), ["unit0000.ptx", "unit0001.ptx"])
        self.call("inspect", self.image("sm75.cubin"), "--ptx", out, code=1)
        self.call("inspect", self.image("both.fatbin"), "--ptx", "/no/such/folder/x", code=1)
        self.call("inspect", self.image("two.o"), "--ptx", out, code=1)  # a file, and there are two

    def test_inspect_bad_input_is_one_message(self):
        for name in ("empty", "text", "damaged.fatbin", "no-such-file", "."):
            with self.subTest(name=name):
                r = self.call("inspect", self.image(name), code=1)
                self.assertEqual(r.stdout, "")
                self.assertEqual(len(r.stderr.splitlines()), 1)
        self.assertTrue(self.inspect("truncated.fatbin")["problems"])

    def test_inspect_into_a_closed_pipe_is_no_crash(self):
        r = subprocess.run(["sh", "-c", f'"{self.bin}" inspect --json "{self.image("both.fatbin")}" | head -1'],
                           capture_output=True, text=True)
        self.assertEqual(r.stdout, "{\n")

    # info and cache

    def test_info_reports_a_broken_library(self):
        r = subprocess.run([self.bin, "info", "--json"], capture_output=True, text=True)
        self.assertEqual(r.returncode, 1)
        out = json.loads(r.stdout)
        self.assertIn("libcuda.so.1", out["error"])
        self.assertIn("ANYWARP_CACHE_DIR", out["options"])

    def test_cache_info_and_clear(self):
        cache = os.path.join(self.folder, "cache")
        env = {"ANYWARP_CACHE_DIR": cache}
        r = json.loads(self.call("cache", "info", "--json", env=env).stdout)
        self.assertEqual((r["folder"], r["entries"]), (cache, 0))
        self.assertIn(cache, self.call("cache", "info", env=env).stdout)

    def test_cache_warm_bad_input(self):
        for name in ("empty", "text", "damaged.fatbin", "no-such-file", "sm75.cubin"):
            self.call("cache", "warm", self.image(name), code=1)

    # With the libraries of the build

    def built(self):
        anywarp = os.path.abspath(options.anywarp)
        lib = os.path.join(os.path.dirname(os.path.dirname(anywarp)), "lib")
        for name in ("libcuda.so.1", "libanywarp_cpu.so", "libanywarp_compiler.so"):
            if not os.path.exists(os.path.join(lib, name)):
                self.skipTest(f"{name} is not built")
        return anywarp

    def call_built(self, *args, code=0, **env):
        r = subprocess.run([self.built(), *args], env={**os.environ, **env}, capture_output=True, text=True)
        self.assertEqual(r.returncode, code, r.stdout + r.stderr)
        return r

    def test_info_shows_the_device(self):
        out = json.loads(self.call_built("info", "--json", ANYWARP_COMPUTE_CAPABILITY="8.6").stdout)
        self.assertEqual(out["devices"][0]["compute_capability"], "8.6")
        self.assertEqual(out["options"]["ANYWARP_COMPUTE_CAPABILITY"]["value"], "8.6")
        self.assertIn("Devices", self.call_built("info").stdout)

    def test_cache_warm_fills_and_clear_empties(self):
        cache = os.path.join(self.folder, "warm")
        r = self.call_built("cache", "warm", self.image("two.o"), "--shape", "64", ANYWARP_CACHE_DIR=cache)
        self.assertIn("2 kernels ready for blocks of 64x1x1", r.stdout)

        def entries():
            return json.loads(self.call_built("cache", "info", "--json", ANYWARP_CACHE_DIR=cache).stdout)["entries"]

        self.assertEqual(entries(), 2)
        self.call_built("cache", "warm", self.image("two.o"), "--shape", "64", ANYWARP_CACHE_DIR=cache)
        self.assertEqual(entries(), 2)
        self.assertIn("deleted 2 entries", self.call_built("cache", "clear", ANYWARP_CACHE_DIR=cache).stdout)
        self.assertEqual(entries(), 0)

    def test_cache_warm_names_the_kernel_that_fails(self):
        path = os.path.join(self.folder, "bad.ptx")
        with open(path, "w", encoding="utf-8") as f:
            f.write(".version 7.0\n.target sm_80\n.address_size 64\n"
                    ".visible .entry good() { ret; }\n.visible .entry wrong() { no_such_instruction; ret; }\n")
        r = self.call_built("cache", "warm", path, code=1, ANYWARP_CACHE_DIR=os.path.join(self.folder, "bad"))
        self.assertIn("wrong", r.stderr)
        self.assertIn("1 kernel ready", r.stdout)


def main():
    global options
    a = argparse.ArgumentParser()
    a.add_argument("--anywarp", required=True)
    a.add_argument("--make-images", required=True)
    a.add_argument("--cc", default="cc")
    options, rest = a.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
