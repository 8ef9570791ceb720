// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stands in for anywarp-compile and gives, as its argument says, an answer that none can be.
#include "backends/cpu/compile_message.h"
#include "support/detached_process.h"

#include <cstring>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace anywarp;
using namespace anywarp::cpu;

int main(int, char** argv) {
  std::string mode = argv[1];
  pollfd wait = {kGivenDescriptor, POLLIN, 0};
  poll(&wait, 1, 60'000);
  Message message;
  if (mode == "leaves" || receiveMessage(kGivenDescriptor, message) != Received::Message)
    return 0;
  CompileReport report;
  report.id = decodeOrder(message.bytes)->id;
  if (mode == "garbage")
    sendMessage(kGivenDescriptor, "no report");
  else if (mode == "long") // longer than any message
    sendMessage(kGivenDescriptor, std::string(2 * kMaxOrderBytes, 'x'));
  else if (mode == "other") { // an order that was not given
    report.id += 1000;
    sendMessage(kGivenDescriptor, encodeReport(report));
  } else if (mode == "descriptor") // that it should not have
    sendMessage(kGivenDescriptor, encodeReport(report), message.descriptor);
  else if (mode == "writable") { // code that may change when it has been looked at
    report.outcome = CompileOutcome::Attached;
    sendMessage(kGivenDescriptor, encodeReport(report), memfd_create("code", 0));
  } else if (mode == "flood") // the same answer again and again
    while (sendMessage(kGivenDescriptor, encodeReport(report)))
      ;
  poll(&wait, 1, 60'000); // until the other side closes
  return 0;
}
