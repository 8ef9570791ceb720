// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "core/graph_tracks.h"

#include "core/context.h"

namespace anywarp::core {

GraphTracks::GraphTracks(Stream& stream, std::shared_ptr<GraphRun> run)
    : stream_(stream), run_(std::move(run)), body_(run_->plan().top), trackOf_(body_.size()),
      ends_(body_.size()) {
  tracks_.push_back({nullptr, stream, kNone});
}

QueuePosition GraphTracks::mark(Stream& stream) {
  StreamQueue::Push nothing;
  nothing.always = true;
  nothing.mode = StreamQueue::Mode::Inline;
  return {stream.queue(), stream.queue()->push(std::move(nothing))};
}

// Of a chain before it that nothing has followed yet, or a new one.
size_t GraphTracks::chooseTrack(size_t chain) {
  for (uint32_t before : body_[chain].before)
    if (tracks_[trackOf_[before]].last == before)
      return trackOf_[before];
  if (body_[chain].before.empty() && tracks_[0].last == kNone)
    return 0;
  auto own = std::make_shared<Stream>(stream_.contextRef(), Stream::Kind::Created,
                                      Stream::kNonBlocking, stream_.priority());
  own->queue()->setTrack(0); // in a timeline it is on the tracks of the threads that run it
  tracks_.push_back({own, *own, kNone});
  return tracks_.size() - 1;
}

Result<void> GraphTracks::addItems(Stream& stream, GraphPlan::Items items) {
  for (size_t i = 0; i < items.size();) {
    if (items[i].enqueue) {
      AW_TRY(items[i++].enqueue(stream));
      continue;
    }
    size_t first = i;
    while (i < items.size() && !items[i].enqueue)
      ++i;
    AW_TRY(stream.enqueue(
        [run = run_, part = items.subspan(first, i - first)] { return run->executePart(part); }));
  }
  return {};
}

Result<void> GraphTracks::add(size_t chain) {
  const size_t number = trackOf_[chain] = chooseTrack(chain);
  Stream& stream = tracks_[number].stream;
  StreamQueue::Push wait;
  wait.mode = StreamQueue::Mode::Inline;
  for (uint32_t before : body_[chain].before)
    if (trackOf_[before] != number)
      wait.deps.push_back(ends_[before]);
  if (body_[chain].before.empty() && number != 0)
    wait.deps.push_back(begin_);
  if (!wait.deps.empty())
    stream.queue()->push(std::move(wait));
  tracks_[number].last = chain;
  AW_TRY(addItems(stream, body_[chain].items));
  if (!body_[chain].next.empty())
    ends_[chain] = mark(stream);
  return {};
}

void GraphTracks::finish() {
  StreamQueue::Push end;
  for (const Track& track : tracks_)
    if (track.own)
      end.deps.push_back({track.own->queue(), track.own->queue()->pushed()});
  end.run = [run = run_] { return run->finish(); };
  stream_.queue()->push(std::move(end));
}

Result<void> GraphTracks::launch() {
  AW_TRY(stream_.enqueue([run = run_] {
    run->begin();
    return Result<void>();
  }));
  begin_ = mark(stream_);
  Result<void> result;
  for (size_t chain = 0; chain < body_.size() && result; ++chain)
    result = add(chain);
  finish(); // also what was put in before something was refused
  return result;
}

} // namespace anywarp::core
