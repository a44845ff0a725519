// From hidden states to vectors and logits.
#include "encoder/encoder.h"
#include "runtime/failure.h"

namespace gatun::encoder {

void pool(model::Pooling pooling, backend::Lane& lane, const float* y, backend::Offsets offsets,
          int64_t hidden, float* pooled) {
  switch (pooling) {
    case model::Pooling::kCls: lane.pool_first(y, offsets, hidden, pooled); return;
    case model::Pooling::kMean: lane.pool_mean(y, offsets, hidden, pooled); return;
    case model::Pooling::kUnspecified: break;
  }
  throw Failure(ErrorCode::kInternal, "pooling without a configured pooling");
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
