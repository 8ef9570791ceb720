// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both APIs do alike with external semaphores: arrays of handles and parameters to core's
// operations, and nodes of graphs. The types are the API's own. Stateless; safe from any thread.
#pragma once

#include "common/graphs.h"
#include "core/external_semaphore.h"

namespace anywarp::shim {

inline Result<core::ExternalSemaphoreRef> findSemaphore(const void* handle) {
  if (auto semaphore = core::ExternalSemaphore::fromHandle(handle))
    return semaphore;
  return makeError(Status::InvalidHandle, "not a live external semaphore");
}

template <typename Handle, typename Params>
Result<core::ExternalSemaphore::Operations>
semaphoreOperations(const Handle* semaphores, const Params* params, unsigned count) {
  AW_ARG(!count || (semaphores && params), "extSemArray or paramsArray is null");
  core::ExternalSemaphore::Operations operations;
  for (unsigned i = 0; i < count; ++i) {
    AW_LET(semaphore, findSemaphore(semaphores[i]));
    AW_ARG(params[i].flags == 0, "the flags of these semaphores must be 0");
    operations.push_back({semaphore, params[i].params.fence.value});
  }
  return operations;
}

// The arrays of a node, which GetParams gives away, live with its work.
template <typename NodeParams> struct SemaphoreArrays {
  using Handle = std::remove_cvref_t<decltype(*NodeParams().extSemArray)>;
  using Params = std::remove_cvref_t<decltype(*NodeParams().paramsArray)>;
  struct Both {
    std::vector<Handle> semaphores;
    std::vector<Params> params;
  };
  std::shared_ptr<Both> arrays = std::make_shared<Both>();

  NodeParams view() const {
    NodeParams out = {};
    out.extSemArray = arrays->semaphores.data();
    out.paramsArray = arrays->params.data();
    out.numExtSems = unsigned(arrays->semaphores.size());
    return out;
  }
};

template <typename NodeParams>
Result<core::GraphWork> semaphoreWork(core::GraphNodeType type, const NodeParams* p) {
  AW_ARG(p, "nodeParams is null");
  AW_LET(operations, semaphoreOperations(p->extSemArray, p->paramsArray, p->numExtSems));
  core::GraphWork work;
  work.type = type;
  work.semaphores =
      std::make_shared<const core::ExternalSemaphore::Operations>(std::move(operations));
  SemaphoreArrays<NodeParams> kept;
  kept.arrays->semaphores.assign(p->extSemArray, p->extSemArray + p->numExtSems);
  kept.arrays->params.assign(p->paramsArray, p->paramsArray + p->numExtSems);
  work.params = kept;
  return work;
}

template <typename NodeParams>
Result<void> giveSemaphores(const void* handle, core::GraphNodeType type, NodeParams* out) {
  AW_ARG(out, "params_out is null");
  AW_LET(node, findNode(handle, type));
  using Arrays = SemaphoreArrays<NodeParams>;
  core::GraphWork work = node->work();
  auto* kept = std::any_cast<Arrays>(&work.params);
  if (!kept) { // captured, or of the other API: the arrays are made now, and kept
    Arrays made;
    for (const core::ExternalSemaphore::Operation& o : *work.semaphores) {
      made.arrays->semaphores.push_back(
          static_cast<typename Arrays::Handle>(o.semaphore->handle()));
      made.arrays->params.emplace_back();
      made.arrays->params.back().params.fence.value = o.value;
    }
    *out = made.view();
    work.params = std::move(made);
    return node->setWork(std::move(work));
  }
  *out = kept->view();
  return {};
}

} // namespace anywarp::shim
