# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# CUDA programs of our own: compiled by our nvcc (clang and our headers), linked against our shims, run by ctest.

# Our cudart of the newest CUDA version, as far as it is part of this build.
set(ANYWARP_CUDART)
foreach(target shim_cudart_13 shim_cudart13 shim_cudart)
  if(TARGET ${target} AND NOT ANYWARP_CUDART)
    set(ANYWARP_CUDART ${target})
  endif()
endforeach()

# aw_add_cuda_program(NAME SOURCE file.cu [FLAGS...] [ARCH sm_NN] [DIRECTORY d]): an executable; DIRECTORY is relative to the build tree.
function(aw_add_cuda_program name)
  cmake_parse_arguments(A "" "SOURCE;ARCH;DIRECTORY" "FLAGS" ${ARGN})
  if(NOT A_ARCH)
    set(A_ARCH sm_90)
  endif()
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${A_SOURCE})
  if(source MATCHES "\\.cu$")
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.cu.o)
    add_custom_command(OUTPUT ${object}
      COMMAND ${ANYWARP_CUDA}/bin/nvcc -arch=${A_ARCH} -std=c++17 -O2 -Xcompiler -fPIE ${A_FLAGS} -c ${source}
              -MD -MF ${object}.d -MT ${object} -o ${object}
      DEPENDS ${source} aw_cuda_toolkit nvcc ${ANYWARP_CUDA}/nvvm/libdevice/libdevice.10.bc
      DEPFILE ${object}.d COMMENT "nvcc ${A_SOURCE}" VERBATIM)
    add_executable(${name} ${object})
    set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX)
    set(libraries ${ANYWARP_CUDART})
  else()
    add_executable(${name} ${source})
    target_include_directories(${name} SYSTEM PRIVATE ${ANYWARP_CUDA}/include)
    set(libraries shim_cuda)
  endif()
  target_link_libraries(${name} PRIVATE ${libraries})
  if(ANYWARP_SANITIZE) # the libraries expect the program to bring the sanitizer's runtime
    target_link_options(${name} PRIVATE -fsanitize=${ANYWARP_SANITIZE})
  endif()
  if(NOT A_DIRECTORY)
    set(A_DIRECTORY programs)
  endif()
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${A_DIRECTORY})
endfunction()

# The command line that runs PROGRAM on Anywarp: through the `anywarp` command, which sets the library path.
set(ANYWARP_RUN ${PROJECT_BINARY_DIR}/bin/anywarp run --)

# aw_add_program_test(NAME PROGRAM target EXPECTED file LABEL l): runs it and compares what it prints.
function(aw_add_program_test name)
  cmake_parse_arguments(A "" "PROGRAM;EXPECTED;LABEL" "" ${ARGN})
  add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/expect.py
    ${CMAKE_CURRENT_SOURCE_DIR}/${A_EXPECTED} ${ANYWARP_RUN} $<TARGET_FILE:${A_PROGRAM}>)
  set_tests_properties(${name} PROPERTIES LABELS "${A_LABEL}" TIMEOUT 120)
endfunction()
