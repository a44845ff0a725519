// The one list of kernels. Declarations, the table and its copies per tier expand from it.
//
// X(name, return type, parameters). All matrices are row-major fp32. Kernels read and write only
// what their parameters name, never allocate, never fail, and are safe to call from many threads on
// disjoint outputs.
#pragma once

// clang-format off
#define GATUN_KERNEL_LIST(X)                                                                       \
  /* Columns of one weight panel; linear() may be split between threads at panel borders. */       \
  X(panel_columns, int64_t, ())                                                                    \
  /* Floats that pack_linear() writes for a weight [outputs, inputs]; ≤ 0 when it overflows. */    \
  X(packed_floats, int64_t, (int64_t inputs, int64_t outputs))                                     \
  /* Reorders weight [outputs, inputs] into panels; columns past `outputs` become zero. */         \
  X(pack_linear, void, (const float* weight, int64_t inputs, int64_t outputs, float* panels))      \
  /* y[r, c] = or += Σ_k x[r, k]·W[c, k] + bias[c] for columns of panels                           \
     panel_first … panel_first+panel_count−1, clipped to linear.outputs. x: [rows, inputs] with    \
     x_stride, y: [rows, outputs] with y_stride (floats). x and y must not overlap. */             \
  X(linear, void, (const PackedLinear& linear, const float* x, int64_t rows, int64_t x_stride,     \
                   int64_t panel_first, int64_t panel_count, Epilogue epilogue,                    \
                   float* y, int64_t y_stride))                                                    \
  /* y = γ ⊙ (x − mean)/√(var + ε) + β per row of `width`; biased variance; β may be null;         \
     x == y is allowed. */                                                                         \
  X(layer_norm, void, (const float* x, int64_t rows, int64_t width, const float* gamma,            \
                       const float* beta, float epsilon, float* y))                                \
  /* y = γ ⊙ x/√(mean(x²) + ε) per row of `width`; x == y is allowed. */                           \
  X(rms_norm, void, (const float* x, int64_t rows, int64_t width, const float* gamma,              \
                     float epsilon, float* y))                                                     \
  /* x ← f(x), `count` floats. */                                                                  \
  X(activate, void, (Activation activation, float* x, int64_t count))                              \
  /* y[r, i] = f(u[r, i]) · u[r, width + i]; u: [rows, 2·width]. */                                \
  X(gate, void, (Activation activation, const float* u, int64_t rows, int64_t width, float* y))    \
  /* Half-split rotary embedding in place: element j < head_dim/2 pairs with j + head_dim/2.       \
     Row r of x (stride floats) holds `heads` heads of head_dim; row r of cosine and sine holds    \
     head_dim/2 values for the position of that row. */                                            \
  X(rotate, void, (float* x, int64_t rows, int64_t stride, int64_t heads, int64_t head_dim,        \
                   const float* cosine, const float* sine))                                        \
  /* softmax(scale·q·kᵀ)·v of one tile with a running maximum (online softmax). */                 \
  X(attend, void, (const AttentionTile& tile))                                                     \
  /* y += x, `count` floats. */                                                                    \
  X(add, void, (const float* x, int64_t count, float* y))                                          \
  /* x ← factor·x, `count` floats. */                                                              \
  X(scale, void, (float factor, int64_t count, float* x))                                          \
  /* Reads `count` stored elements (no alignment assumed) as fp32. */                              \
  X(widen, void, (Storage storage, const void* source, int64_t count, float* y))                   \
  /* y[i] = mean over rows of x[r, i], summed in fp32 with pairwise or double accuracy. */         \
  X(mean_rows, void, (const float* x, int64_t rows, int64_t width, float* y))                      \
  /* x ← x / max(‖x‖₂, 1e-12). */                                                                  \
  X(normalize, void, (float* x, int64_t width))                                                    \
  /* What follows computes in bf16 or int8. */                                                     \
  /* Sizes of a packed layer. */                                                                   \
  X(reduced_layout, ReducedLayout, (const ReducedShape& shape))                                    \
  /* Packs panels panel_first … panel_first+panel_count−1 into `packed`, reduced_layout().bytes    \
     bytes; what belongs to all panels is packed with the first. `work`: shape.inputs floats. */   \
  X(pack_reduced, void, (const ReducedShape& shape, const ReducedSource& source,                   \
                         int64_t panel_first, int64_t panel_count, float* work, void* packed))     \
  /* Inputs of weight [outputs, inputs] that a layer should keep: those whose largest weight is    \
     more than ten times the median of these; at most kKeptMax, largest first. `work`: inputs      \
     floats. Returns their number. */                                                              \
  X(outstanding_inputs, int64_t, (const float* weight, int64_t inputs, int64_t outputs,            \
                                  float* work, int32_t* kept))                                     \
  /* True iff what a packed layer says of its kept inputs can be: other bytes that are damaged     \
     change results, these would change what is read and written. */                               \
  X(kept_in_range, bool, (const ReducedLinear& linear))                                            \
  /* largest[k] = max(largest[k], max over rows of |x[r, k]|). */                                  \
  X(column_maxima, void, (const float* x, int64_t rows, int64_t width, float* largest))            \
  /* Bytes between rows of an operand with that many inputs. */                                    \
  X(operand_stride, int64_t, (Precision precision, int64_t inputs))                                \
  /* Bytes of an element of a half matrix: 2 or 4. */                                              \
  X(half_bytes, int64_t, ())                                                                       \
  /* Columns that a head of `head_dim` rotated columns takes in packed order. */                   \
  X(rotated_dim, int64_t, (int64_t head_dim))                                                      \
  /* The operand of `consumer` from n, and y = n unless null (x == y is allowed), where n is the   \
     norm of x, or x when gamma is null. x and y: [rows, consumer's inputs]. A bf16 operand is a   \
     half matrix. */                                                                               \
  X(norm_rows, void, (NormKind kind, const float* x, int64_t rows, const float* gamma,             \
                      const float* beta, float epsilon, float* y, const ReducedLinear& consumer,   \
                      const Operand& operand))                                                     \
  /* y = x, `count` floats as elements of a half matrix. */                                        \
  X(narrow, void, (const float* x, int64_t count, Half* y))                                        \
  /* The operand of an int8 consumer, not smoothed, from a half matrix [rows, inputs]. */          \
  X(quantize_rows, void, (const Half* x, int64_t x_stride, int64_t rows,                           \
                          const ReducedLinear& consumer, const Operand& operand))                  \
  /* Results x·Wᵀ + bias of panels panel_first … panel_first+panel_count−1 for all rows. */        \
  X(multiply, void, (const ReducedLinear& linear, const Operand& x, int64_t rows,                  \
                     int64_t panel_first, int64_t panel_count, const ReducedOutput& output))       \
  X(half_attention_scratch, int64_t, ())                                                           \
  /* softmax(q·kᵀ)·v with a running maximum (online softmax). */                                   \
  X(attend_half, void, (const HalfAttention& attention))                                           \
  /* Multiplies in registers alone, `steps` rounds; returns the operations done, a product and     \
     its sum counting as two. Timed, it gives the peak of one core. */                             \
  X(peak, double, (Precision precision, int64_t steps))                                            \
  /* True iff every one of `count` floats is finite. */                                            \
  X(all_finite, bool, (const float* x, int64_t count))
// clang-format on
