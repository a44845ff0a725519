// From hidden states to vectors and logits.
#include <utility>

#include "encoder/encoder.h"
#include "runtime/failure.h"

namespace gatun::encoder {

void pool(model::Pooling pooling, backend::Lane& lane, const float* y, backend::Offsets offsets,
          int64_t hidden, float* pooled) {
  switch (pooling) {
    case model::Pooling::kCls: lane.pool_first(y, offsets, hidden, pooled); return;
    case model::Pooling::kMean: lane.pool_mean(y, offsets, hidden, pooled); return;
    case model::Pooling::kLast: lane.pool_last(y, offsets, hidden, pooled); return;
    case model::Pooling::kUnspecified: break;
  }
  throw Failure(ErrorCode::kInternal, "pooling without a configured pooling");
}

void refine(const Graph& graph, backend::Lane& lane, int64_t count, float* from, float* other,
            float* embeddings) {
  for (size_t i = 0; i < graph.dense.size(); ++i) {
    const bool last = i + 1 == graph.dense.size();
    float* to = last ? embeddings : other;
    lane.linear(*graph.dense[i], from, count, backend::Epilogue::kStore, to);
    lane.activate(graph.config.dense[i].activation, to, count * graph.dense[i]->outputs());
    std::swap(from, other);
  }
}

void classify(const Head& head, backend::Lane& lane, const float* rows, int64_t count,
              int64_t hidden, float* dense, float* logits) {
  const float* h = rows;
  if (head.dense) {
    lane.linear(*head.dense, rows, count, backend::Epilogue::kStore, dense);
    lane.activate(head.activation, dense, count * hidden);
    h = dense;
  }
  if (head.norm) {
    lane.norm(head.norm.view(), h, count, hidden, dense);
    h = dense;
  }
  lane.linear(*head.classifier, h, count, backend::Epilogue::kStore, logits);
}

}  // namespace gatun::encoder
