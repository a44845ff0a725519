// From hidden states to vectors and logits.
#include "encoder/encoder.h"
#include "runtime/failure.h"

namespace gatun::encoder {

void pool(const Graph& graph, backend::Lane& lane, const float* y, backend::Offsets offsets,
          float* pooled) {
  switch (graph.config.pooling) {
    case model::Pooling::kCls:
      lane.pool_first(y, offsets, graph.config.hidden_size, pooled);
      return;
    case model::Pooling::kMean:
      lane.pool_mean(y, offsets, graph.config.hidden_size, pooled);
      return;
    case model::Pooling::kUnspecified: break;
  }
  throw Failure(ErrorCode::kInternal, "pooling without a configured pooling");
}

void classify(const Graph& graph, backend::Lane& lane, const float* rows, int64_t count,
              float* dense, float* logits) {
  const Head& head = graph.head;
  const float* h = rows;
  if (head.dense) {
    lane.linear(*head.dense, rows, count, backend::Epilogue::kStore, dense);
    lane.activate(head.activation, dense, count * graph.config.hidden_size);
    h = dense;
  }
  if (head.norm) {
    lane.norm(head.norm.view(), h, count, graph.config.hidden_size, dense);
    h = dense;
  }
  lane.linear(*head.classifier, h, count, backend::Epilogue::kStore, logits);
}

}  // namespace gatun::encoder
