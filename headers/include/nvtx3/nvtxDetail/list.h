/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* The functions of NVTX in the order of a tool's tables, which start at 1: what they return,
   without a tool, their parameters and arguments. Not for direct use. */
#define AW_NVTX_CORE(F)                                                                            \
  F(void, , MarkEx, (const nvtxEventAttributes_t* a), (a))                                         \
  F(void, , MarkA, (const char* a), (a))                                                           \
  F(void, , MarkW, (const wchar_t* a), (a))                                                        \
  F(nvtxRangeId_t, 0, RangeStartEx, (const nvtxEventAttributes_t* a), (a))                         \
  F(nvtxRangeId_t, 0, RangeStartA, (const char* a), (a))                                           \
  F(nvtxRangeId_t, 0, RangeStartW, (const wchar_t* a), (a))                                        \
  F(void, , RangeEnd, (nvtxRangeId_t a), (a))                                                      \
  F(int, NVTX_NO_PUSH_POP_TRACKING, RangePushEx, (const nvtxEventAttributes_t* a), (a))            \
  F(int, NVTX_NO_PUSH_POP_TRACKING, RangePushA, (const char* a), (a))                              \
  F(int, NVTX_NO_PUSH_POP_TRACKING, RangePushW, (const wchar_t* a), (a))                           \
  F(int, NVTX_NO_PUSH_POP_TRACKING, RangePop, (void), ())                                          \
  F(void, , NameCategoryA, (uint32_t a, const char* b), (a, b))                                    \
  F(void, , NameCategoryW, (uint32_t a, const wchar_t* b), (a, b))                                 \
  F(void, , NameOsThreadA, (uint32_t a, const char* b), (a, b))                                    \
  F(void, , NameOsThreadW, (uint32_t a, const wchar_t* b), (a, b))
#define AW_NVTX_CORE2(F)                                                                           \
  F(void, , DomainMarkEx, (nvtxDomainHandle_t a, const nvtxEventAttributes_t* b), (a, b))          \
  F(nvtxRangeId_t, 0, DomainRangeStartEx, (nvtxDomainHandle_t a, const nvtxEventAttributes_t* b),  \
    (a, b))                                                                                        \
  F(void, , DomainRangeEnd, (nvtxDomainHandle_t a, nvtxRangeId_t b), (a, b))                       \
  F(int, NVTX_NO_PUSH_POP_TRACKING, DomainRangePushEx,                                             \
    (nvtxDomainHandle_t a, const nvtxEventAttributes_t* b), (a, b))                                \
  F(int, NVTX_NO_PUSH_POP_TRACKING, DomainRangePop, (nvtxDomainHandle_t a), (a))                   \
  F(nvtxResourceHandle_t, 0, DomainResourceCreate,                                                 \
    (nvtxDomainHandle_t a, nvtxResourceAttributes_t * b), (a, b))                                  \
  F(void, , DomainResourceDestroy, (nvtxResourceHandle_t a), (a))                                  \
  F(void, , DomainNameCategoryA, (nvtxDomainHandle_t a, uint32_t b, const char* c), (a, b, c))     \
  F(void, , DomainNameCategoryW, (nvtxDomainHandle_t a, uint32_t b, const wchar_t* c), (a, b, c))  \
  F(nvtxStringHandle_t, 0, DomainRegisterStringA, (nvtxDomainHandle_t a, const char* b), (a, b))   \
  F(nvtxStringHandle_t, 0, DomainRegisterStringW, (nvtxDomainHandle_t a, const wchar_t* b),        \
    (a, b))                                                                                        \
  F(nvtxDomainHandle_t, 0, DomainCreateA, (const char* a), (a))                                    \
  F(nvtxDomainHandle_t, 0, DomainCreateW, (const wchar_t* a), (a))                                 \
  F(void, , DomainDestroy, (nvtxDomainHandle_t a), (a))                                            \
  F(void, , Initialize, (const void* a), (a))
