# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The rest of the folder that build systems take for a CUDA toolkit: lib64/, targets/, version.json. The libraries in it
# are links to our own; what is only asked for at link time stands as it is.

# In lib64: each link and the file in our library folder that it leads to.
set(links
  libanywarp.so:libanywarp.so libanywarp_compiler.so:libanywarp_compiler.so libanywarp_cpu.so:libanywarp_cpu.so
  libcuda.so:libcuda.so.1 libcuda.so.1:libcuda.so.1
  libcudart.so:libcudart.so.13 libcudart.so.13:libcudart.so.13 libcudart.so.12:libcudart.so.12
  libcudart.so.11.0:libcudart.so.11.0
  libanywarp_frontend.so:libanywarp_frontend.so anywarp-rtc:anywarp-rtc
  libnvrtc.so:libnvrtc.so.13 libnvrtc.so.13:libnvrtc.so.13 libnvrtc.so.12:libnvrtc.so.12
  libnvJitLink.so:libnvJitLink.so.13 libnvJitLink.so.13:libnvJitLink.so.13 libnvJitLink.so.12:libnvJitLink.so.12
  libnvidia-ml.so:libnvidia-ml.so.1 libnvidia-ml.so.1:libnvidia-ml.so.1)
set(stubs libcuda.so:libcuda.so.1 libnvidia-ml.so:libnvidia-ml.so.1)

# LIB: our library folder as seen from lib64. The same script makes the links of the build tree and of the installed one.
set(script [[
  file(MAKE_DIRECTORY ${folder}/lib64/stubs ${folder}/nvvm/lib64 ${folder}/targets/x86_64-linux)
  foreach(link ${links})
    string(REGEX MATCH "^([^:]+):(.+)$" _ ${link})
    file(CREATE_LINK ${lib}/${CMAKE_MATCH_2} ${folder}/lib64/${CMAKE_MATCH_1} SYMBOLIC)
  endforeach()
  foreach(link ${stubs})
    string(REGEX MATCH "^([^:]+):(.+)$" _ ${link})
    file(CREATE_LINK ../${CMAKE_MATCH_2} ${folder}/lib64/stubs/${CMAKE_MATCH_1} SYMBOLIC)
  endforeach()
  file(CREATE_LINK ../${lib}/libnvvm.so.4 ${folder}/nvvm/lib64/libnvvm.so SYMBOLIC)
  # Other places where toolkits have the same.
  file(CREATE_LINK lib64 ${folder}/lib SYMBOLIC)
  file(CREATE_LINK ../../include ${folder}/targets/x86_64-linux/include SYMBOLIC)
  file(CREATE_LINK ../../lib64 ${folder}/targets/x86_64-linux/lib SYMBOLIC)
]])
set(folder ${ANYWARP_CUDA})
set(lib ../../lib)
cmake_language(EVAL CODE "${script}")

# -lcudart_static finds a linker script that asks for the shared library: there is one driver in a process.
file(WRITE ${ANYWARP_CUDA}/lib64/libcudart_static.a
  "/* Anywarp has no static CUDA runtime: this gives the linker the shared one. */\nINPUT(-lcudart)\n")
# The device runtime is part of the driver; the library exists because build systems link it.
set(empty ${CMAKE_CURRENT_BINARY_DIR}/cudadevrt.c)
file(WRITE ${empty} "static const char anywarp __attribute__((used)) = 0;\n")
add_library(cudadevrt STATIC ${empty})
set_target_properties(cudadevrt PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${ANYWARP_CUDA}/lib64)
add_dependencies(product cudadevrt)

set(version "{\n  \"cuda\": {\"name\": \"CUDA SDK (Anywarp ${PROJECT_VERSION})\", \"version\": \"13.0.0\"},\n")
string(APPEND version "  \"cuda_cudart\": {\"name\": \"CUDA Runtime (cudart)\", \"version\": \"13.0.88\"},\n")
string(APPEND version "  \"cuda_nvcc\": {\"name\": \"CUDA NVCC\", \"version\": \"13.0.88\"}\n}\n")
file(WRITE ${ANYWARP_CUDA}/version.json ${version})

install(TARGETS cudadevrt ARCHIVE DESTINATION ${ANYWARP_CUDA_INSTALL}/lib64)
install(FILES ${ANYWARP_CUDA}/lib64/libcudart_static.a DESTINATION ${ANYWARP_CUDA_INSTALL}/lib64)
install(FILES ${ANYWARP_CUDA}/version.json DESTINATION ${ANYWARP_CUDA_INSTALL})
file(RELATIVE_PATH up /${ANYWARP_CUDA_INSTALL}/lib64 /${CMAKE_INSTALL_LIBDIR})
string(REGEX REPLACE "/$" "" up ${up})
install(CODE "
  set(links ${links})
  set(stubs ${stubs})
  set(lib ${up})
  set(folder \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${ANYWARP_CUDA_INSTALL})
${script}")
