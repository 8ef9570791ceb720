# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# From the tables of headers/api to build/generated/api/<library>: see tools/gen/api.py.

set(ANYWARP_API_GEN ${PROJECT_SOURCE_DIR}/tools/gen/api.py CACHE INTERNAL "")

# Sets <out> to what every generated file depends on.
function(aw_api_inputs name out)
  file(GLOB tables CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/headers/api/*.td
       ${PROJECT_SOURCE_DIR}/headers/api/cuda/*.td ${PROJECT_SOURCE_DIR}/headers/api/${name}/*.td
       ${PROJECT_SOURCE_DIR}/tools/gen/api_gen/*.py)
  set(${out} ${tables} ${ANYWARP_API_GEN} PARENT_SCOPE)
endfunction()

# aw_api(NAME [CUDA v]): target api_NAME makes impl.h entry.cpp print.h print.cpp proc_address.inc
# errors.inc. With CUDA: only what that version has, in generated/NAME<major>/api/NAME, by target
# api_NAME<major>.
function(aw_api name)
  cmake_parse_arguments(A "" "CUDA" "" ${ARGN})
  set(top ${PROJECT_SOURCE_DIR}/headers/api/${name}/${name}.td)
  set(out ${PROJECT_BINARY_DIR}/generated/api/${name})
  set(target api_${name})
  set(level)
  if(A_CUDA)
    math(EXPR major "${A_CUDA} / 1000")
    set(out ${PROJECT_BINARY_DIR}/generated/${name}${major}/api/${name})
    set(target api_${name}${major})
    set(level --cuda ${A_CUDA})
  endif()
  aw_api_inputs(${name} inputs)
  set(files impl.h entry.cpp print.h print.cpp proc_address.inc errors.inc)
  list(TRANSFORM files PREPEND ${out}/)
  add_custom_command(OUTPUT ${files} ${out}/stamp
    COMMAND ${Python3_EXECUTABLE} ${ANYWARP_API_GEN} build --tblgen ${ANYWARP_TBLGEN} --top ${top} --out ${out} ${level}
    COMMAND ${CMAKE_COMMAND} -E touch ${out}/stamp
    DEPENDS ${inputs} VERBATIM)
  add_custom_target(${target} DEPENDS ${out}/stamp)
endfunction()

# aw_api_exports(NAME FILE [NODE n] [CUDA v]): a linker version script of NAME's symbols as of CUDA v.
function(aw_api_exports name file)
  cmake_parse_arguments(A "" "NODE;CUDA" "" ${ARGN})
  if(NOT A_CUDA)
    set(A_CUDA 0)
  endif()
  aw_api_inputs(${name} inputs)
  add_custom_command(OUTPUT ${file}
    COMMAND ${Python3_EXECUTABLE} ${ANYWARP_API_GEN} exports --tblgen ${ANYWARP_TBLGEN}
            --top ${PROJECT_SOURCE_DIR}/headers/api/${name}/${name}.td --out ${file} --node "${A_NODE}" --cuda ${A_CUDA}
    COMMAND ${CMAKE_COMMAND} -E touch ${file}
    DEPENDS ${inputs} VERBATIM)
endfunction()

# aw_api_committed(NAME WHAT FILE): FILE (in the source tree) is generated and committed; the test
# check_generated_<name>_<what> fails when it is stale, target `generate` rewrites it.
function(aw_api_committed name what file)
  set(command ${Python3_EXECUTABLE} ${ANYWARP_API_GEN} ${what} --tblgen ${ANYWARP_TBLGEN}
      --top ${PROJECT_SOURCE_DIR}/headers/api/${name}/${name}.td --out ${PROJECT_SOURCE_DIR}/${file})
  if(NOT TARGET generate)
    add_custom_target(generate)
  endif()
  add_custom_target(generate_${name}_${what} COMMAND ${command} VERBATIM)
  add_dependencies(generate generate_${name}_${what})
  if(ANYWARP_TESTS)
    add_test(NAME check_generated_${name}_${what} COMMAND ${command} --check)
    set_tests_properties(check_generated_${name}_${what} PROPERTIES LABELS lint)
  endif()
endfunction()
