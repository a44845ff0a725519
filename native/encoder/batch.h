// Validity of a batch and of what is wanted from it, checked before any work.
#pragma once

#include "encoder/encoder.h"

namespace gatun::encoder {

/// Throws Failure (ErrorCode::kArgument) unless offsets rise strictly from 0 to the number of ids,
/// ids are rows of the model's table, and no sequence is longer than the model allows.
void check_batch(const Graph& graph, const Batch& batch);

/// Rows and columns of a wanted result. Throws Failure (ErrorCode::kArgument) when the model or its
/// task has no such result, or when the wanted sequences are not some of the batch's, rising.
struct Shape {
  int64_t rows;
  int64_t columns;
};
Shape shape_of(const Graph& graph, const Batch& batch, const Wanted& wanted);

/// Throws Failure (ErrorCode::kArgument) unless the token types of every sequence are rows of the
/// tables it is read with: the task's where a task has its own, else the model's. Batch and outputs
/// have passed the checks above.
void check_types(const Graph& graph, const Batch& batch, std::span<const Wanted> wanted);

}  // namespace gatun::encoder
