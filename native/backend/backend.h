// What the encoder needs from a device. The encoder speaks only this; each device implements it.
//
// A Backend prepares weights once; a Lane runs the steps of one forward pass at a time on threads
// or a stream of its own. Matrices are row-major fp32; a stride counts floats between rows.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "model/config.h"

namespace gatun::backend {

using model::Activation;
using model::NormKind;
using model::Window;

/// Types that a weight may be stored in.
enum class Storage { kF32, kF16, kBf16 };

/// What a linear layer multiplies in. kF32 is the reference; kBf16: bf16 weights and activations;
/// kInt8: 8-bit weights per output channel, 8-bit activations per token. Sums are fp32 or exact.
enum class Precision { kF32, kBf16, kInt8 };

/// "fp32", "bf16", "int8".
const char* name_of(Precision precision);

/// Outputs of a layer that are used together: in outputs [0, end), cut in groups, output
/// j < group/2 of a group belongs to output j + group/2 (rotary pairs of a head; activation and
/// gate). The others stand alone.
struct Pairs {
  int64_t end = 0;
  int64_t group = 0;
};

/// How a linear layer is held. All but the precision matters in reduced precision only.
struct LinearForm {
  Precision precision = Precision::kF32;
  Pairs pairs = {};
  bool smoothed = false;  ///< kInt8: inputs are divided by factors before they are rounded
  bool keeps = false;     ///< kInt8: inputs with outstanding weights are not rounded
};

/// What decides how a linear layer lies in memory.
struct LinearShape {
  int64_t inputs;
  int64_t outputs;
  bool bias;
  LinearForm form;
};

/// A linear layer as its checkpoint holds it, in fp32.
struct LinearSource {
  LinearShape shape;
  const float* weight;             ///< [outputs, inputs]
  const float* bias;               ///< [outputs]; null exactly when the shape has none
  const float* factors = nullptr;  ///< [inputs], of a smoothed layer; null: all one
};

/// What becomes of a result: y = result, or y += result (the residual stream).
enum class Epilogue { kStore, kAccumulate };

/// y = x·Wᵀ + b over packed bytes that somebody else owns. Immutable.
class Linear {
 public:
  explicit Linear(const LinearShape& shape) : shape_(shape) {}
  virtual ~Linear() = default;

  const LinearShape& shape() const { return shape_; }
  int64_t inputs() const { return shape_.inputs; }
  int64_t outputs() const { return shape_.outputs; }

 private:
  LinearShape shape_;
};

/// A norm over the last axis. β may be null; RMSNorm has none.
struct Norm {
  const float* gamma;
  const float* beta;
  float epsilon;
  NormKind kind = NormKind::kLayerNorm;
};

/// How the rows of a table lie in memory: as a checkpoint stores them or, kInt8, as a byte for each
/// element and then the fp32 that all are multiplied with.
enum class RowForm { kF32, kF16, kBf16, kInt8 };

/// Bytes from one row of `width` elements to the next.
constexpr int64_t row_bytes(RowForm form, int64_t width) {
  switch (form) {
    case RowForm::kF32: return width * 4;
    case RowForm::kF16:
    case RowForm::kBf16: return width * 2;
    case RowForm::kInt8: return width + 4;
  }
  return 0;
}

/// A table whose rows are gathered.
struct Table {
  const void* rows;
  RowForm form;
  int64_t count;
  int64_t width;
};

/// Cosine and sine for positions 0 … n−1, [n, head_dim/2] each.
struct RotaryTable {
  const float* cosine;
  const float* sine;
};

/// Attention of a packed batch. qkv: [tokens, (heads + 2·key_heads)·head_dim], Q, K and V side by
/// side, heads in order inside each; neighbouring heads / key_heads queries share keys and values.
/// out: [tokens, heads·head_dim].
struct Attention {
  const float* qkv;
  float* out;
  int64_t heads;
  int64_t key_heads;
  int64_t head_dim;
  Window window;
  float scale;
};

/// Activations between two products in reduced precision. A half matrix holds elements of
/// Backend::half_bytes() bytes in rows of `stride` elements, a multiple of 32.
struct Halves {
  std::byte* data;
  int64_t stride;

  std::byte* row(int64_t index, int64_t element_bytes) const {
    return data + index * stride * element_bytes;
  }
};

/// Queries, keys and values of every token, side by side in a half matrix: heads of `score_dim`
/// (queries, then keys), then heads of `value_dim`; see Attention.
struct Heads {
  Halves qkv;
  int64_t heads;
  int64_t key_heads;
  int64_t score_dim;
  int64_t value_dim;

  int64_t width() const { return heads * score_dim + key_heads * (score_dim + value_dim); }
};

/// What kHeads products need: rotation by the tables, null without one, at `positions` [rows].
struct Rotation {
  const RotaryTable* table;
  const int32_t* positions;
  float scale;  ///< of the queries, log₂e included: weights are 2^(q·k)
};

/// Offsets of the sequences: sequence i holds tokens offsets[i] … offsets[i+1]−1. The first of them
/// is 0, except where part of a batch is attended to.
using Offsets = std::span<const int32_t>;

/// Some of a batch's rows: tokens first … first+count−1.
struct Rows {
  int64_t first;
  int64_t count;
};

/// When a long step should stop.
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

/// Says that no tile of an attention is left.
inline constexpr int64_t kNoTile = -1;

/// Two forward passes may be under way on a lane, one of them paused; each has memory of its own.
enum class Workspace { kRun, kPaused };

/// Steps of a forward pass. Every call returns when its result may be read. One caller at a time.
/// No step allocates, except that reserve() does.
class Lane {
 public:
  virtual ~Lane() = default;

  /// The caller's thread and those that help it.
  virtual int threads() const = 0;
  /// Calls body(lane, task) for every task 0 … tasks−1, each once, and returns when all are done.
  /// Tasks must not depend on each other. A task is done by one thread, and so is every step that
  /// it takes on the lane it is given, which it may not keep. The body must not throw.
  template <class Body>
  void each(int64_t tasks, const Body& body) {
    run_each(tasks, &body, [](const void* b, Lane& lane, int64_t task) {
      (*static_cast<const Body*>(b))(lane, task);
    });
  }

  /// Workspace of at least `floats` floats, 64-byte aligned; earlier contents and pointers of this
  /// workspace, not of the other, are lost when it grows. Throws std::bad_alloc.
  virtual float* reserve(Workspace workspace, int64_t floats) = 0;
  /// Frees a workspace.
  virtual void release(Workspace workspace) = 0;
  /// Memory the lane holds.
  virtual int64_t workspace_bytes() const = 0;

  /// y[r] = or += table[ids[r]]; a table that is added, here and below, holds fp32.
  virtual void gather(const Table& table, std::span<const int32_t> ids, Epilogue epilogue,
                      float* y) = 0;
  /// y[r] += row, for every row.
  virtual void add_row(const float* row, int64_t rows, int64_t width, float* y) = 0;
  /// y[r] += table[position of token rows.first + r in its sequence], r < rows.count.
  virtual void add_positions(const Table& table, Offsets offsets, Rows rows, float* y) = 0;
  virtual void linear(const Linear& linear, const float* x, int64_t rows, Epilogue epilogue,
                      float* y) = 0;
  /// x == y is allowed.
  virtual void norm(const Norm& norm, const float* x, int64_t rows, int64_t width, float* y) = 0;
  /// Normalises each of the first `heads` heads of every row of x (`stride` floats) apart.
  virtual void norm_heads(const Norm& norm, int64_t rows, int64_t heads, int64_t head_dim, float* x,
                          int64_t stride) = 0;
  /// y += x.
  virtual void add(const float* x, int64_t count, float* y) = 0;
  /// x ← factor·x.
  virtual void scale(float factor, int64_t count, float* x) = 0;
  virtual void activate(Activation activation, float* x, int64_t count) = 0;
  /// y[r, i] = f(u[r, i]) · u[r, width + i].
  virtual void gate(Activation activation, const float* u, int64_t rows, int64_t width,
                    float* y) = 0;
  /// Rotates the first `heads` heads of rows.count rows of x (`stride` floats each), which belong
  /// to tokens rows.first …; positions restart at 0 in each sequence.
  virtual void rotate(const RotaryTable& table, Offsets offsets, Rows rows, int64_t heads,
                      int64_t head_dim, float* x, int64_t stride) = 0;
  /// Attention falls into numbered tiles that do not depend on each other. Computes at least one
  /// from tile `first` on and stops between two once the deadline has passed. Returns the tile to
  /// go on with, or kNoTile.
  virtual int64_t attend(const Attention& attention, Offsets offsets, int64_t first,
                         Deadline deadline) = 0;
  /// Reduced precision. An operand is what a layer in bf16 or int8 multiplies, in
  /// Backend::operand_bytes() bytes, 64-byte aligned; in bf16 it is a half matrix of the inputs.
  ///
  /// The operand of `consumer` from norm(x), or from x when `norm` is null; y, unless null, gets
  /// the same in fp32 and may be x. x: [rows, inputs].
  virtual void encode(const Norm* norm, const float* x, int64_t rows, float* y,
                      const Linear& consumer, std::byte* operand) = 0;
  /// The operand of an int8 consumer that is not smoothed, from halves.
  virtual void quantize(Halves x, int64_t rows, const Linear& consumer, std::byte* operand) = 0;
  /// y += x·Wᵀ + b, for the operand of x: with `stride` elements between rows of a bf16 operand,
  /// or 0 when it has the consumer's own.
  virtual void multiply_add(const Linear& linear, std::byte* operand, int64_t stride, int64_t rows,
                            float* y) = 0;
  /// y = f(x·Wᵀ + b), or f(u₁) ⊙ u₂ when the layer pairs its halves.
  virtual void multiply_activate(const Linear& linear, std::byte* operand, int64_t rows,
                                 Activation activation, Halves y) = 0;
  /// Rows of `heads` = queries, keys and values, rotated.
  virtual void multiply_heads(const Linear& linear, std::byte* operand, int64_t rows,
                              const Rotation& rotation, const Heads& heads) = 0;
  /// Rows of `heads` from queries, keys and values in fp32 [rows, heads.width()], which are
  /// normalised head by head, rotated and scaled in place; score_dim = value_dim.
  virtual void store_heads(const Norm& queries, const Norm& keys, const Rotation& rotation,
                           float* qkv, int64_t rows, const Heads& heads) = 0;
  /// As attend(), from halves; out: [tokens, heads·value_dim], which may be the queries' place when
  /// score_dim = value_dim.
  virtual int64_t attend_halves(const Heads& heads, Halves out, Window window, Offsets offsets,
                                int64_t first, Deadline deadline) = 0;

  /// y[i] = first or last row of sequence i, or the mean of its rows.
  virtual void pool_first(const float* x, Offsets offsets, int64_t width, float* y) = 0;
  virtual void pool_last(const float* x, Offsets offsets, int64_t width, float* y) = 0;
  virtual void pool_mean(const float* x, Offsets offsets, int64_t width, float* y) = 0;
  /// Divides each row by its L2 norm.
  virtual void normalize(float* x, int64_t rows, int64_t width) = 0;

 protected:
  using Call = void (*)(const void* body, Lane& lane, int64_t task);
  virtual void run_each(int64_t tasks, const void* body, Call call) = 0;
};

/// Threads of a lane. first_cpu: −1, or the processor of its first thread, the caller's, among
/// those that the caller may use; the next thread takes the next one.
struct LaneOptions {
  int threads;
  int first_cpu = -1;
};

class Backend {
 public:
  virtual ~Backend() = default;

  /// "cpu", and the instruction-set tier in use and the best this machine has.
  virtual const char* name() const = 0;
  virtual const char* isa() const = 0;
  virtual const char* isa_detected() const = 0;

  /// Width of the widest attention head it computes.
  virtual int64_t head_dim_max() const = 0;

  /// Names the layout of packed bytes: what is packed under one name may be viewed under the same
  /// name by another process, of this or a later build. It changes with the instruction set and
  /// with every change of a layout.
  virtual std::string packing() const = 0;
  /// Bytes that `shape` packs into. Throws Failure (ErrorCode::kUnsupported) for a precision that
  /// is not computed here, std::bad_alloc when the size overflows.
  virtual int64_t packed_bytes(const LinearShape& shape) const = 0;
  /// Packs `source` into packed_bytes(source.shape) bytes, 64-byte aligned. Every byte is written
  /// and none depends on anything but the source. Safe on several threads at once.
  virtual void pack(const LinearSource& source, std::byte* target) const = 0;
  /// The layer over bytes that pack() wrote for this shape, 64-byte aligned, which have to outlive
  /// it. Throws Failure (ErrorCode::kInternal) when there are not packed_bytes(shape) of them, and
  /// Failure (ErrorCode::kFormat) when they would make a product leave its operands; what else is
  /// damaged in them changes results only.
  virtual std::unique_ptr<Linear> view(const LinearShape& shape,
                                       std::span<const std::byte> bytes) const = 0;
  /// Sizes of reduced precision: bytes of a half, bytes of an operand of so many rows, and the
  /// width of a rotated head in a half matrix.
  virtual int64_t half_bytes() const = 0;
  virtual int64_t operand_bytes(const LinearShape& shape, int64_t rows) const = 0;
  virtual int64_t rotated_dim(int64_t head_dim) const = 0;

  /// largest[k] = max(largest[k], max over rows of |x[r, k]|).
  virtual void column_maxima(const float* x, int64_t rows, int64_t width, float* largest) const = 0;
  /// Stored elements as fp32.
  virtual void widen(Storage storage, const void* source, int64_t count, float* y) const = 0;
  virtual bool all_finite(const float* x, int64_t count) const = 0;

  /// Measures how many operations per second `threads` threads compute at most in a precision, a
  /// product and its sum counting as two. Throws std::system_error when a thread cannot be made.
  virtual double peak(Precision precision, int32_t threads) const = 0;

  /// Throws Failure (ErrorCode::kArgument) when there are fewer processors than it asks for, and
  /// std::system_error when a thread cannot be made.
  virtual std::unique_ptr<Lane> open_lane(const LaneOptions& options) const = 0;
};

}  // namespace gatun::backend
