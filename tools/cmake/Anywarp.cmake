# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The project's build rules: one function per kind of target, so that every leaf file stays short.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# The build tree has the layout of the installed tree, so it is usable in place.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(ANYWARP_CUDA ${CMAKE_BINARY_DIR}/cuda) # the folder in the shape of a CUDA toolkit
set(ANYWARP_CUDA_INSTALL ${CMAKE_INSTALL_LIBDIR}/anywarp/cuda)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
set(CMAKE_INSTALL_RPATH "$ORIGIN;$ORIGIN/../lib")

find_program(ANYWARP_CCACHE ccache)
if(ANYWARP_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${ANYWARP_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${ANYWARP_CCACHE})
endif()

find_package(LLVM 19.1 REQUIRED CONFIG)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
find_program(ANYWARP_TBLGEN llvm-tblgen-19 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
find_program(ANYWARP_CLANG clang-19 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
find_program(ANYWARP_CLANGXX clang++-19 HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)

# Everything includes as "support/log.h", "core/stream.h", ...
add_library(aw_options INTERFACE)
target_include_directories(aw_options INTERFACE ${PROJECT_SOURCE_DIR}/runtime ${PROJECT_BINARY_DIR}/generated)
target_compile_options(aw_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wno-unused-parameter -fno-exceptions>
  $<$<COMPILE_LANGUAGE:C>:-Wall -Wextra>)
if(ANYWARP_SANITIZE)
  target_compile_options(aw_options INTERFACE -fsanitize=${ANYWARP_SANITIZE} -fno-omit-frame-pointer)
  if(ANYWARP_SANITIZE MATCHES "undefined")
    # vptr compares RTTI, without which LLVM is built; callers in C may put any number into CUDA's enumerations.
    # Core knows no CUDA types: it calls callbacks with pointers and numbers of the same size.
    target_compile_options(aw_options INTERFACE -fno-sanitize=vptr,enum,function)
  endif()
  target_link_options(aw_options INTERFACE -fsanitize=${ANYWARP_SANITIZE})
endif()
if(ANYWARP_FUZZ) # libFuzzer sees the coverage of the libraries as well
  target_compile_options(aw_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What is installed, and the samples: all but the tests.
add_custom_target(product)

# LLVM headers and the shared libLLVM; only ptx lowering, spmd and the cpu compiler use it.
add_library(aw_llvm INTERFACE)
target_include_directories(aw_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(aw_llvm INTERFACE ${LLVM_DEFINITIONS})
target_compile_options(aw_llvm INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
target_link_libraries(aw_llvm INTERFACE LLVM)

# aw_add_library(NAME SOURCES... [DEPS...] [PRIVATE_DEPS...]): a static library linked into the modules below.
function(aw_add_library name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  target_link_libraries(${name} PUBLIC aw_options ${A_DEPS} PRIVATE ${A_PRIVATE_DEPS})
endfunction()

# aw_add_shared(NAME OUTPUT o SOURCES... DEPS... [SOVERSION n] [MAP file]): a .so users or the runtime load.
function(aw_add_shared name)
  cmake_parse_arguments(A "MODULE" "OUTPUT;SOVERSION;MAP" "SOURCES;DEPS" ${ARGN})
  add_library(${name} SHARED ${A_SOURCES})
  target_link_libraries(${name} PRIVATE aw_options ${A_DEPS})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${A_OUTPUT})
  if(A_SOVERSION)
    set_target_properties(${name} PROPERTIES SOVERSION ${A_SOVERSION})
  endif()
  if(A_MAP)
    target_link_options(${name} PRIVATE -Wl,--version-script=${A_MAP})
    set_target_properties(${name} PROPERTIES LINK_DEPENDS ${A_MAP})
  endif()
  # clang links the sanitizers into executables only, so a library's references to them stay open.
  if(NOT ANYWARP_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  target_link_options(${name} PRIVATE $<$<CONFIG:Release>:-Wl,--gc-sections>)
  add_dependencies(product ${name})
  install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_SKIP)
endfunction()

# aw_add_test(NAME SOURCES... DEPS... LABEL l): a GoogleTest binary run as one ctest entry.
function(aw_add_test name)
  if(NOT ANYWARP_TESTS)
    return()
  endif()
  find_package(GTest REQUIRED)
  cmake_parse_arguments(A "" "LABEL" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE aw_options ${A_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABEL}" TIMEOUT 600)
endfunction()

# aw_add_fuzzer(NAME SOURCES... DEPS...): a libFuzzer target in build/<preset>/fuzz; only with ANYWARP_FUZZ (clang).
function(aw_add_fuzzer name)
  if(NOT ANYWARP_FUZZ)
    return()
  endif()
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE aw_options ${A_DEPS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()
