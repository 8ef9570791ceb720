// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Result<T> and Error: the only way a failure travels through the runtime. No exceptions.
//
// An Error carries the driver API's code (CUresult; the runtime API derives its own from it) and a
// message that says what failed, where, and what to do next. Values are moved, never shared.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

namespace anywarp {

// Numerically equal to CUresult (CUDA driver API manual, "Data types"); names are the manual's
// without the CUDA_ERROR_ prefix. Only what the runtime itself produces stands here; the complete
// list with texts is generated from headers/api/errors.td.
enum class Status : uint32_t {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  Deinitialized = 4,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidImage = 200,
  InvalidContext = 201,
  NoBinaryForGpu = 209,
  UnsupportedLimit = 215,
  PeerAccessUnsupported = 217,
  InvalidPtx = 218,
  UnsupportedPtxVersion = 222,
  InvalidSource = 300,
  FileNotFound = 301,
  SharedObjectInitFailed = 303,
  OperatingSystem = 304,
  InvalidHandle = 400,
  IllegalState = 401,
  NotFound = 500,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchOutOfResources = 701,
  LaunchTimeout = 702,
  PeerAccessAlreadyEnabled = 704,
  PeerAccessNotEnabled = 705,
  PrimaryContextActive = 708,
  ContextIsDestroyed = 709,
  Assert = 710,
  HostMemoryAlreadyRegistered = 712,
  HostMemoryNotRegistered = 713,
  HardwareStackError = 714,
  IllegalInstruction = 715,
  MisalignedAddress = 716,
  InvalidAddressSpace = 717,
  InvalidPc = 718,
  LaunchFailed = 719,
  CooperativeLaunchTooLarge = 720,
  NotPermitted = 800,
  NotSupported = 801,
  CaptureUnsupported = 900,
  CaptureInvalidated = 901,
  CaptureMerge = 902,
  CaptureUnmatched = 903,
  CaptureUnjoined = 904,
  CaptureIsolation = 905,
  CapturedEvent = 907,
  CaptureWrongThread = 908,
  GraphExecUpdateFailure = 910,
  InvalidClusterSize = 912,
  InvalidResourceType = 914,
  InvalidResourceConfiguration = 915,
  Unknown = 999,
};

struct Error {
  Status status = Status::Unknown;
  std::string message;
};

inline Error makeError(Status status, std::string message) {
  return {status, std::move(message)};
}

template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return *std::get_if<0>(&state_); }
  const T& operator*() const { return *std::get_if<0>(&state_); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  const Error& error() const { return *std::get_if<1>(&state_); }
  Status status() const { return *this ? Status::Success : error().status; }

private:
  std::variant<T, Error> state_;
};

template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  explicit operator bool() const { return error_.status == Status::Success; }
  const Error& error() const { return error_; }
  Status status() const { return error_.status; }

private:
  Error error_{Status::Success, {}};
};

// AW_TRY(expr): returns the error from the enclosing function.
#define AW_TRY(expr)                                                                               \
  do {                                                                                             \
    if (auto aw_try_result = (expr); !aw_try_result)                                               \
      return aw_try_result.error();                                                                \
  } while (0)

} // namespace anywarp
