#include "encoder/batch.h"

#include <algorithm>
#include <string>

#include "encoder/task.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

[[noreturn]] void fail(const std::string& what) { throw Failure(ErrorCode::kArgument, what); }

/// `first`: place of the first value in the array that messages name; `taker`: what takes them.
void check_values(const char* name, std::span<const int32_t> values, size_t first,
                  const char* taker, int64_t count) {
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0 && values[i] < count) continue;
    fail(std::string(name) + "[" + std::to_string(first + i) + "] is " + std::to_string(values[i]) +
         "; " + taker + " takes 0 … " + std::to_string(count - 1));
  }
}

void check_offsets(const Graph& graph, const Batch& batch) {
  const backend::Offsets offsets = batch.offsets;
  if (offsets.size() < 2) fail("a batch needs at least one sequence, so two offsets");
  if (offsets.front() != 0 || offsets.back() != batch.tokens()) {
    fail("offsets must run from 0 to the number of ids, " + std::to_string(batch.tokens()));
  }
  for (size_t i = 0; i + 1 < offsets.size(); ++i) {
    const int64_t length = int64_t{offsets[i + 1]} - offsets[i];
    if (length <= 0) fail("sequence " + std::to_string(i) + " is empty: offsets must rise");
    if (length > graph.config.positions_max) {
      fail("sequence " + std::to_string(i) + " has " + std::to_string(length) +
           " tokens; this model takes at most " + std::to_string(graph.config.positions_max));
    }
  }
}

constexpr const char* kModel = "this model";

struct Extents {
  int64_t sequences;
  int64_t tokens;
};

/// Of some sequences of the batch, or of all with none named.
Extents extents_of(const Batch& batch, std::span<const int32_t> sequences) {
  if (sequences.empty()) return {batch.sequences(), batch.tokens()};
  Extents extents{static_cast<int64_t>(sequences.size()), 0};
  int32_t before = -1;
  for (const int32_t s : sequences) {
    if (s <= before || s >= batch.sequences()) {
      fail("sequences of an output hold " + std::to_string(s) + " after " + std::to_string(before) +
           "; expected rising numbers 0 … " + std::to_string(batch.sequences() - 1));
    }
    before = s;
    const auto i = static_cast<size_t>(s);
    extents.tokens += batch.offsets[i + 1] - batch.offsets[i];
  }
  return extents;
}

bool reads(const Wanted& wanted, int32_t sequence) {
  return wanted.sequences.empty() || std::ranges::binary_search(wanted.sequences, sequence);
}

void check_types_of(const Batch& batch, int32_t sequence, const char* taker, int64_t count) {
  const auto first = static_cast<size_t>(batch.offsets[static_cast<size_t>(sequence)]);
  const auto end = static_cast<size_t>(batch.offsets[static_cast<size_t>(sequence) + 1]);
  if (count == 0) fail(std::string(taker) + " has no token types; type_ids must be NULL");
  check_values("type_ids", batch.types.subspan(first, end - first), first, taker, count);
}

}  // namespace

void check_batch(const Graph& graph, const Batch& batch) {
  check_offsets(graph, batch);
  check_values("ids", batch.ids, 0, kModel, graph.config.vocabulary);
}

Shape shape_of(const Graph& graph, const Batch& batch, const Wanted& wanted) {
  const model::EncoderConfig& config = wanted.task == nullptr ? graph.config : wanted.task->config;
  const auto layers = static_cast<int64_t>(graph.layers.size());
  const int64_t layer = wanted.layer;
  const Extents all = extents_of(batch, wanted.sequences);
  switch (wanted.kind) {
    case Wanted::Kind::kHidden:
      if (layer != kFinalLayer && (layer < 0 || layer > layers)) {
        fail("layer " + std::to_string(layer) + " of a hidden output; this model has 0 … " +
             std::to_string(layers) + " and -1 for the final one");
      }
      return {all.tokens, config.hidden_size};
    case Wanted::Kind::kEmbedding:
      if (config.pooling == model::Pooling::kUnspecified) {
        fail(
            "this model's folder does not say how to pool (no modules.json), so it has no "
            "embedding; ask for hidden states or logits");
      }
      if (layer < 0 || layer > layers) {
        fail("layer " + std::to_string(layer) + " of an embedding; this model has 1 … " +
             std::to_string(layers) + " and 0 for the whole model");
      }
      return {all.sequences, config.embedding_size()};
    case Wanted::Kind::kLogits:
      if (config.head == model::HeadKind::kNone) fail("this model has no classifier, so no logits");
      return {config.head == model::HeadKind::kToken ? all.tokens : all.sequences,
              wanted.task == nullptr ? graph.labels() : wanted.task->head.labels()};
  }
  fail("unknown kind of output");
}

void check_types(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted) {
  if (batch.types.empty()) return;
  for (int32_t s = 0; s < batch.sequences(); ++s) {
    bool by_model = false;
    bool by_task = false;
    for (const Wanted& w : wanted) {
      if (!reads(w, s)) continue;
      const bool own = w.task != nullptr && w.task->types;
      if (own) check_types_of(batch, s, "this task", w.task->types.count);
      (own ? by_task : by_model) = true;
    }
    if (by_model || !by_task) check_types_of(batch, s, kModel, graph.config.token_types);
  }
}

}  // namespace gatun::encoder
