// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// NVTX finds the tool that the environment names (nvtx_tool.cpp) and hands it the program's marks
// and ranges; what the tool does not take does nothing.
#include <cstdio>
#include <nvtx3/nvToolsExt.h>

int main() {
  nvtxMarkA("one");
  int outer = nvtxRangePushA("outer");
  nvtxEventAttributes_t attributes = {};
  attributes.version = NVTX_VERSION;
  attributes.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
  attributes.colorType = NVTX_COLOR_ARGB;
  attributes.color = 0xff00ff00;
  attributes.payloadType = NVTX_PAYLOAD_TYPE_INT32;
  attributes.payload.iValue = -3;
  attributes.messageType = NVTX_MESSAGE_TYPE_ASCII;
  attributes.message.ascii = "inner";
  int inner = nvtxRangePushEx(&attributes);
  int afterInner = nvtxRangePop(), afterOuter = nvtxRangePop();
  std::printf("levels %d %d %d %d\n", outer, inner, afterInner, afterOuter);
  nvtxRangeEnd(nvtxRangeStartA("range"));
  nvtxDomainHandle_t domain = nvtxDomainCreateA("mine");
  nvtxDomainMarkEx(domain, &attributes);
  nvtxMarkW(L"not taken");
  std::printf("not taken: %d, %d, size %d\n", nvtxRangePushW(L"x"), nvtxDomainRangePop(domain),
              (int)sizeof attributes);
  return 0;
}
