// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every option of nvcc, once: its long name (after --), its short name (after -), its values and what it does here. From
// this table come the parser (llvm-tblgen -gen-opt-parser-defs), --help and docs/nvcc.md (tools/gen/nvcc_page.py).
// Names and meanings are those of "NVIDIA CUDA Compiler Driver NVCC", chapter "NVCC Command Options"; the texts are ours.
include "llvm/Option/OptParser.td"

class Section<string title> : OptionGroup<title>;

// A switch.
multiclass Switch<Section section, string long, string short, string help> {
  def NAME : Flag<["--"], long>, Group<section>, HelpText<help>;
  def NAME#_short : Flag<["-"], short>, Alias<!cast<Option>(NAME)>;
}

// An option with a value: --long VALUE, --long=VALUE, -short VALUE, -short=VALUE.
multiclass Value<Section section, string long, string short, string metavar, string help, string values = ""> {
  def NAME : Separate<["--"], long>, Group<section>, HelpText<help>, MetaVarName<metavar>, Values<values>;
  def NAME#_eq : Joined<["--"], long#"=">, Alias<!cast<Option>(NAME)>;
  def NAME#_short : Separate<["-"], short>, Alias<!cast<Option>(NAME)>;
  def NAME#_short_eq : Joined<["-"], short#"=">, Alias<!cast<Option>(NAME)>;
}

// The same where the value may also follow the short name directly, as in -Ifolder.
multiclass Prefix<Section section, string long, string short, string metavar, string help> {
  def NAME : Separate<["--"], long>, Group<section>, HelpText<help>, MetaVarName<metavar>;
  def NAME#_eq : Joined<["--"], long#"=">, Alias<!cast<Option>(NAME)>;
  def NAME#_short : JoinedOrSeparate<["-"], short>, Alias<!cast<Option>(NAME)>;
  def NAME#_short_eq : Joined<["-"], short#"=">, Alias<!cast<Option>(NAME)>;
}

multiclass Bool<Section section, string long, string short, string help>
  : Value<section, long, short, "{true|false}", help, "true,false">;

def phase : Section<"What to make">;
defm cuda : Switch<phase, "cuda", "cuda", "Write host C++ for each .cu to NAME.cu.cpp.ii; any C++ compiler makes the object of it.">;
defm cubin : Switch<phase, "cubin", "cubin", "Write the device code alone to NAME.cubin. It holds PTX, which Anywarp's driver loads like machine code.">;
defm fatbin : Switch<phase, "fatbin", "fatbin", "Write the device code of all architectures to NAME.fatbin.">;
defm ptx : Switch<phase, "ptx", "ptx", "Write the device code as text to NAME.ptx.">;
defm optix_ir : Switch<phase, "optix-ir", "optix-ir", "Not supported: OptiX IR is NVIDIA's.">;
defm ltoir : Switch<phase, "ltoir", "ltoir", "Not supported: LTO-IR is NVIDIA's.">;
defm preprocess : Switch<phase, "preprocess", "E", "Preprocess, to the terminal or to -o.">;
defm generate_dependencies : Switch<phase, "generate-dependencies", "M", "Write a make rule with all headers, to the terminal, -MF or -o.">;
defm generate_nonsystem_dependencies : Switch<phase, "generate-nonsystem-dependencies", "MM", "As -M, without headers of the system.">;
defm generate_dependencies_with_compile : Switch<phase, "generate-dependencies-with-compile", "MD", "Compile, and write the make rule to -MF or to the output's name with .d.">;
defm generate_nonsystem_dependencies_with_compile : Switch<phase, "generate-nonsystem-dependencies-with-compile", "MMD", "As -MD, without headers of the system.">;
defm dependency_output : Value<phase, "dependency-output", "MF", "file", "File for the make rule.">;
defm generate_dependency_targets : Switch<phase, "generate-dependency-targets", "MP", "Add an empty rule for each header.">;
defm compile : Switch<phase, "compile", "c", "Write an object for each source.">;
defm device_c : Switch<phase, "device-c", "dc", "As -c -rdc=true.">;
defm device_w : Switch<phase, "device-w", "dw", "As -c -rdc=false.">;
defm device_link : Switch<phase, "device-link", "dlink", "Link the relocatable device code of objects and libraries; write the object that the host linker needs for it.">;
defm link : Switch<phase, "link", "link", "Compile and link: the default.">;
defm lib : Switch<phase, "lib", "lib", "Compile what is no object yet and put all objects into a static library.">;
defm run : Switch<phase, "run", "run", "Compile, link and run.">;

def files : Section<"Files and folders">;
defm output_file : Value<files, "output-file", "o", "file", "Output.">;
defm pre_include : Value<files, "pre-include", "include", "file,...", "Headers to include before the source.">;
defm objdir_as_tempdir : Switch<files, "objdir-as-tempdir", "objtemp", "No effect: intermediate files are in a temporary folder or, with --keep, in --keep-dir.">;
defm library : Prefix<files, "library", "l", "name,...", "Libraries to link.">;
defm define_macro : Prefix<files, "define-macro", "D", "name[=value],...", "Define macros.">;
defm undefine_macro : Prefix<files, "undefine-macro", "U", "name,...", "Undefine macros.">;
defm include_path : Prefix<files, "include-path", "I", "folder,...", "Folders with headers.">;
defm system_include : Value<files, "system-include", "isystem", "folder,...", "Folders with headers of the system.">;
defm library_path : Prefix<files, "library-path", "L", "folder,...", "Folders with libraries.">;
defm output_directory : Value<files, "output-directory", "odir", "folder", "Folder of outputs whose names are not given.">;
defm compiler_bindir : Value<files, "compiler-bindir", "ccbin", "path", "Compiler of C and C++ sources and linker: a program, or the folder it is in. The host code of .cu is always compiled by clang.">;
defm allow_unsupported_compiler : Switch<files, "allow-unsupported-compiler", "allow-unsupported-compiler", "No effect: no compiler is refused.">;
defm archiver_binary : Value<files, "archiver-binary", "arbin", "path", "Program that makes static libraries.">;
defm cudart : Value<files, "cudart", "cudart", "{none|shared|static}", "CUDA runtime to link. 'static' (default) links a library that has our shared one loaded.", "none,shared,static">;
defm cudadevrt : Value<files, "cudadevrt", "cudadevrt", "{none|static}", "Device runtime to link; it is part of our driver, and the library is empty.", "none,static">;
defm libdevice_directory : Value<files, "libdevice-directory", "ldir", "folder", "Folder with libdevice.10.bc.">;
defm target_directory : Value<files, "target-directory", "target-dir", "name", "No effect: one target, this machine.">;
defm use_local_env : Switch<files, "use-local-env", "use-local-env", "No effect: for Windows.">;
defm force_cl_env_setup : Switch<files, "force-cl-env-setup", "force-cl-env-setup", "No effect: for Windows.">;

def behaviour : Section<"Language and code">;
defm profile : Switch<behaviour, "profile", "pg", "Instrument host code for gprof.">;
defm debug : Switch<behaviour, "debug", "g", "Debug information for host code.">;
defm device_debug : Switch<behaviour, "device-debug", "G", "Line numbers in device code, which is not optimised (but see --dopt).">;
defm generate_line_info : Switch<behaviour, "generate-line-info", "lineinfo", "Line numbers in optimised device code.">;
defm optimization_info : Value<behaviour, "optimization-info", "opt-info", "inline,...", "Report inlining in device code.">;
defm optimize : Prefix<behaviour, "optimize", "O", "level", "Optimisation of host code; device code has -O3 unless -G.">;
defm ofast_compile : Value<behaviour, "Ofast-compile", "Ofc", "{0|min|mid|max}", "Compile device code faster: 'max' and 'mid' use -O1.", "0,max,mid,min">;
defm dopt : Value<behaviour, "dopt", "dopt", "on", "With -G: optimise all the same.", "on">;
defm dlink_time_opt : Switch<behaviour, "dlink-time-opt", "dlto", "As -rdc=true: linked device code is always optimised as a whole when it is loaded.">;
defm lto : Switch<behaviour, "lto", "lto", "As -dlto.">;
defm gen_opt_lto : Switch<behaviour, "gen-opt-lto", "gen-opt-lto", "No effect.">;
defm ftemplate_backtrace_limit : Value<behaviour, "ftemplate-backtrace-limit", "ftemplate-backtrace-limit", "number", "Instantiation notes shown with one message.">;
defm ftemplate_depth : Value<behaviour, "ftemplate-depth", "ftemplate-depth", "number", "Depth of template instantiation.">;
defm no_exceptions : Switch<behaviour, "no-exceptions", "noeh", "Host code without exceptions.">;
defm shared : Switch<behaviour, "shared", "shared", "Link a shared library.">;
defm language : Value<behaviour, "x", "x", "{c|c++|cu}", "Language of all sources, whatever their names.", "c,c++,cu">;
defm std : Value<behaviour, "std", "std", "standard", "C++ standard; c++17 if not given. c++23 and the gnu++ forms are taken as well.", "c++03,c++11,c++14,c++17,c++20,c++23,gnu++03,gnu++11,gnu++14,gnu++17,gnu++20,gnu++23">;
defm no_host_device_initializer_list : Switch<behaviour, "no-host-device-initializer-list", "nohdinitlist", "No effect: clang takes constexpr functions for both sides.">;
defm no_host_device_move_forward : Switch<behaviour, "no-host-device-move-forward", "nohdmoveforward", "No effect: clang takes constexpr functions for both sides.">;
defm expt_relaxed_constexpr : Switch<behaviour, "expt-relaxed-constexpr", "expt-relaxed-constexpr", "constexpr functions for both sides: always on here, the option defines its macro.">;
defm extended_lambda : Switch<behaviour, "extended-lambda", "extended-lambda", "__device__ and __host__ on lambdas: always on here, the option defines its macro.">;
defm expt_extended_lambda : Switch<behaviour, "expt-extended-lambda", "expt-extended-lambda", "As --extended-lambda.">;
defm machine : Value<behaviour, "machine", "m", "64", "64-bit code, the only kind.", "64">;
defm m64 : Switch<behaviour, "m64", "m64", "As --machine 64.">;

def pass : Section<"Options for one program">;
defm compiler_options : Value<pass, "compiler-options", "Xcompiler", "options,...", "For the host compiler, when it compiles and when it links.">;
defm linker_options : Value<pass, "linker-options", "Xlinker", "options,...", "For the host linker.">;
defm archive_options : Value<pass, "archive-options", "Xarchive", "options,...", "For the archiver.">;
defm ptxas_options : Value<pass, "ptxas-options", "Xptxas", "options,...", "For ptxas: -v reports what kernels use; the rest is noted in the fatbin.">;
defm nvlink_options : Value<pass, "nvlink-options", "Xnvlink", "options,...", "For nvlink: accepted, no effect.">;
defm cudafe_options : Value<pass, "cudafe-options", "Xcudafe", "options,...", "For NVIDIA's C++ front end, which is not here: accepted, no effect.">;
defm fatbin_options : Value<pass, "fatbin-options", "Xfatbin", "options,...", "For fatbinary: accepted, no effect.">;

def driver : Section<"The driver">;
defm static_global_template_stub : Bool<driver, "static-global-template-stub", "static-global-template-stub", "Accepted: stubs of kernel templates have the linkage that clang gives them.">;
defm device_entity_has_hidden_visibility : Bool<driver, "device-entity-has-hidden-visibility", "device-entity-has-hidden-visibility", "Accepted, no effect.">;
defm forward_unknown_to_host_compiler : Switch<driver, "forward-unknown-to-host-compiler", "forward-unknown-to-host-compiler", "Give unknown options to the host compiler.">;
defm forward_unknown_to_host_linker : Switch<driver, "forward-unknown-to-host-linker", "forward-unknown-to-host-linker", "Give unknown options to the host linker.">;
defm forward_unknown_opts : Switch<driver, "forward-unknown-opts", "forward-unknown-opts", "Give unknown options to both.">;
defm dont_use_profile : Switch<driver, "dont-use-profile", "noprof", "No effect: there is no nvcc.profile.">;
defm dryrun : Switch<driver, "dryrun", "dryrun", "Show the commands and run none.">;
defm verbose : Switch<driver, "verbose", "v", "Show the commands and run them.">;
defm threads : Prefix<driver, "threads", "t", "number", "Compile for that many architectures at once; 0: as many as there are processors.">;
defm split_compile : Value<driver, "split-compile", "split-compile", "number", "Accepted, no effect.">;
defm split_compile_extended : Value<driver, "split-compile-extended", "split-compile-extended", "number", "Accepted, no effect.">;
defm fdevice_syntax_only : Switch<driver, "fdevice-syntax-only", "fdevice-syntax-only", "Only check device code.">;
defm fdevice_time_trace : Value<driver, "fdevice-time-trace", "fdevice-time-trace", "file", "Write clang's time trace of the device code there.">;
defm keep : Switch<driver, "keep", "keep", "Keep intermediate files.">;
defm keep_dir : Value<driver, "keep-dir", "keep-dir", "folder", "Where to keep them; made if missing.">;
defm save_temps : Switch<driver, "save-temps", "save-temps", "As --keep.">;
defm clean_targets : Switch<driver, "clean-targets", "clean", "Delete the outputs instead of making them.">;
defm time : Value<driver, "time", "time", "file", "Append a table of the commands' times to a file; '-' is the terminal.">;
defm run_args : Value<driver, "run-args", "run-args", "arguments,...", "Arguments for --run.">;
defm input_drive_prefix : Value<driver, "input-drive-prefix", "idp", "prefix", "No effect: for Windows.">;
defm dependency_drive_prefix : Value<driver, "dependency-drive-prefix", "ddp", "prefix", "No effect: for Windows.">;
defm drive_prefix : Value<driver, "drive-prefix", "dp", "prefix", "No effect: for Windows.">;
defm dependency_target_name : Value<driver, "dependency-target-name", "MT", "target", "Target of the make rule.">;
defm dependency_quoted_target_name : Value<driver, "dependency-quoted-target-name", "MQ", "target", "The same, with make's special characters quoted.">;
defm no_align_double : Switch<driver, "no-align-double", "no-align-double", "No effect: for 32-bit code.">;
defm no_device_link : Switch<driver, "no-device-link", "nodlink", "Link without the device link.">;

def steer : Section<"Device code">;
defm gpu_architecture : Value<steer, "gpu-architecture", "arch", "arch", "compute_NN or sm_NN (sm_75 if not given), native, all or all-major. There is no machine code: sm_NN is answered with PTX for compute_NN.">;
defm gpu_code : Value<steer, "gpu-code", "code", "code,...", "What to embed for --gpu-architecture.">;
defm generate_code : Value<steer, "generate-code", "gencode", "arch=...,code=...", "One pair of the two; may be repeated.">;
defm relocatable_device_code : Bool<steer, "relocatable-device-code", "rdc", "Device code that calls functions and uses variables of other sources.">;
defm entries : Value<steer, "entries", "e", "name,...", "Accepted: code is made for all kernels.">;
defm maxrregcount : Value<steer, "maxrregcount", "maxrregcount", "number", "Noted in the fatbin; processors without NVIDIA's registers do not need it.">;
defm use_fast_math : Switch<steer, "use_fast_math", "use_fast_math", "-ftz=true -prec-div=false -prec-sqrt=false -fmad=true, and fast functions for sinf, expf, ...">;
defm ftz : Bool<steer, "ftz", "ftz", "Flush denormal floats to zero.">;
defm prec_div : Bool<steer, "prec-div", "prec-div", "Round float division correctly (default).">;
defm prec_sqrt : Bool<steer, "prec-sqrt", "prec-sqrt", "Round float square roots correctly (default).">;
defm fmad : Bool<steer, "fmad", "fmad", "Contract a * b + c (default).">;
defm extra_device_vectorization : Switch<steer, "extra-device-vectorization", "extra-device-vectorization", "Accepted, no effect.">;
defm default_stream : Value<steer, "default-stream", "default-stream", "{legacy|null|per-thread}", "Stream of calls that name none.", "legacy,null,per-thread">;

def generic : Section<"Messages and more">;
defm disable_warnings : Switch<generic, "disable-warnings", "w", "No warnings.">;
defm keep_device_functions : Switch<generic, "keep-device-functions", "keep-device-functions", "Accepted, no effect.">;
defm source_in_ptx : Switch<generic, "source-in-ptx", "src-in-ptx", "Accepted, no effect.">;
defm restrict : Switch<generic, "restrict", "restrict", "Accepted, no effect.">;
defm Wreorder : Switch<generic, "Wreorder", "Wreorder", "Warn about the order of member initialisers.">;
defm Wdefault_stream_launch : Switch<generic, "Wdefault-stream-launch", "Wdefault-stream-launch", "Accepted, no effect.">;
defm Wmissing_launch_bounds : Switch<generic, "Wmissing-launch-bounds", "Wmissing-launch-bounds", "Accepted, no effect.">;
defm Wext_lambda_captures_this : Switch<generic, "Wext-lambda-captures-this", "Wext-lambda-captures-this", "Accepted, no effect.">;
defm Wno_deprecated_declarations : Switch<generic, "Wno-deprecated-declarations", "Wno-deprecated-declarations", "No warnings about deprecated names.">;
defm Wno_deprecated_gpu_targets : Switch<generic, "Wno-deprecated-gpu-targets", "Wno-deprecated-gpu-targets", "No effect: no architecture is warned about.">;
defm Werror : Value<generic, "Werror", "Werror", "kind,...", "Turn warnings into errors.", "all-warnings,cross-execution-space-call,default-stream-launch,deprecated-declarations,ext-lambda-captures-this,missing-launch-bounds,reorder">;
defm resource_usage : Switch<generic, "resource-usage", "res-usage", "As -Xptxas -v.">;
defm extensible_whole_program : Switch<generic, "extensible-whole-program", "ewp", "Accepted, no effect.">;
defm no_compress : Switch<generic, "no-compress", "no-compress", "Do not compress PTX in fatbins.">;
defm qpp_config : Value<generic, "qpp-config", "qpp-config", "configuration", "No effect: for QNX.">;
defm compile_as_tools_patch : Switch<generic, "compile-as-tools-patch", "astoolspatch", "Accepted, no effect.">;
defm list_gpu_code : Switch<generic, "list-gpu-code", "code-ls", "List sm_NN and exit.">;
defm list_gpu_arch : Switch<generic, "list-gpu-arch", "arch-ls", "List compute_NN and exit.">;
defm display_error_number : Switch<generic, "display-error-number", "err-no", "No effect: clang names warnings, it does not number them.">;
defm no_display_error_number : Switch<generic, "no-display-error-number", "no-err-no", "No effect.">;
defm diag_error : Value<generic, "diag-error", "diag-error", "number,...", "Accepted: the numbers are those of NVIDIA's front end.">;
defm diag_suppress : Value<generic, "diag-suppress", "diag-suppress", "number,...", "Accepted: the numbers are those of NVIDIA's front end.">;
defm diag_warn : Value<generic, "diag-warn", "diag-warn", "number,...", "Accepted: the numbers are those of NVIDIA's front end.">;
defm host_linker_script : Value<generic, "host-linker-script", "hls", "{use-lcs|gen-lcs}", "Accepted, no effect.", "use-lcs,gen-lcs">;
defm augment_host_linker_script : Switch<generic, "augment-host-linker-script", "aug-hls", "Accepted, no effect.">;
defm relocatable_link : Switch<generic, "relocatable-link", "r", "Link to one object.">;
defm brief_diagnostics : Bool<generic, "brief-diagnostics", "brief-diag", "Messages without the source line.">;
defm jump_table_density : Value<generic, "jump-table-density", "jtd", "number", "Accepted, no effect.">;
defm relocatable_ptx : Switch<generic, "relocatable-ptx", "reloc-ptx", "Accepted: linked device code is PTX anyway.">;
defm device_stack_protector : Bool<generic, "device-stack-protector", "device-stack-protector", "Accepted, no effect.">;
defm compress_mode : Value<generic, "compress-mode", "compress-mode", "mode", "Compression of PTX in fatbins.", "default,size,speed,balance,none">;
defm frandom_seed : Value<generic, "frandom-seed", "frandom-seed", "seed", "No effect: names depend on the source's path and the options only.">;
defm sanitize : Value<generic, "sanitize", "sanitize", "tool", "Accepted, no effect.">;
defm jobserver : Switch<generic, "jobserver", "jobserver", "Accepted, no effect.">;
defm help : Switch<generic, "help", "h", "Show this text.">;
defm version : Switch<generic, "version", "V", "Show the version.">;
defm options_file : Value<generic, "options-file", "optf", "file,...", "Read options from files; @file does the same.">;
