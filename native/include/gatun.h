/*
 * gatun.h: encoder models behind a C interface.
 *
 * Read this header from top to bottom: it is the manual.
 *
 *   1. Check gatun_abi_version() against GATUN_ABI_VERSION.
 *   2. gatun_model_open() reads a Hugging Face folder into an immutable model.
 *   3. gatun_lane_open() creates threads and a workspace.
 *   4. gatun_lane_run() encodes a packed batch with a model on a lane; gatun_lane_begin() and
 *      gatun_lane_advance() do the same for a long one, piece by piece, with runs in between.
 *   5. gatun_lane_close(), gatun_model_close().
 *
 * Text never crosses this interface: the caller tokenizes.
 *
 * Errors.    Functions that can fail take a gatun_error* that the caller owns and they fill in the
 *            same call (never a "last error": a caller may move between threads between two calls).
 *            On success its code is GATUN_OK and its message empty. It may not be NULL.
 * Ownership. Every pointer argument is borrowed for the duration of the call, has a length beside
 *            it, and is never kept, except for the values that gatun_lane_begin() is to fill.
 *            Handles are owned by the caller until their close function.
 * Threads.   A model may be used by any number of lanes and threads at once. A lane runs one call
 *            at a time: a second concurrent call fails with GATUN_ERROR_BUSY and does nothing.
 *            Closing a handle that another thread is using is the caller's mistake; the Java
 *            binding makes it impossible.
 * Types.     Fixed width, no struct by value, no bool, no long, no callback.
 */
#ifndef GATUN_H
#define GATUN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GATUN_API __attribute__((visibility("default")))
#else
#define GATUN_API
#endif

/* Raised whenever a declaration below changes meaning or layout. */
#define GATUN_ABI_VERSION 4

/* Error codes. Numbers are fixed for ever; new ones are appended. */
#define GATUN_OK 0
#define GATUN_ERROR_ARGUMENT 1    /* the caller broke this header's contract */
#define GATUN_ERROR_IO 2          /* a file is missing or cannot be read */
#define GATUN_ERROR_FORMAT 3      /* a file is damaged or contradicts itself */
#define GATUN_ERROR_UNSUPPORTED 4 /* well formed, but not something this engine runs */
#define GATUN_ERROR_MEMORY 5      /* an allocation was refused */
#define GATUN_ERROR_BUSY 6        /* the lane is running another call */
#define GATUN_ERROR_INTERNAL 7    /* a defect of this library */

/* Returned by gatun_lane_advance: no error, but not finished either. */
#define GATUN_PAUSED 100

/* Filled by every function that can fail. `message` is UTF-8, NUL-terminated, one line, and says
 * what is wrong, in which file and key, and what was expected; it is cut at a code point if
 * longer. */
typedef struct gatun_error {
  int32_t code;
  char message[2044];
} gatun_error;

/* Families (gatun_model_info.family). */
#define GATUN_FAMILY_BERT 1
#define GATUN_FAMILY_MODERNBERT 2 /* ModernBERT and mmBERT: one graph */
#define GATUN_FAMILY_QWEN3 3
#define GATUN_FAMILY_GEMMA3 4 /* the text model, EmbeddingGemma among them */

/* What a model computes after its last layer (gatun_model_info.head). */
#define GATUN_HEAD_NONE 0     /* trunk only: hidden states, embeddings */
#define GATUN_HEAD_SEQUENCE 1 /* one row of logits per sequence */
#define GATUN_HEAD_TOKEN 2    /* one row of logits per token */

/* How a sequence becomes one vector (gatun_model_info.pooling). */
#define GATUN_POOLING_NONE 0 /* the folder does not say: the model has no embedding output */
#define GATUN_POOLING_CLS 1  /* first token */
#define GATUN_POOLING_MEAN 2 /* mean of all tokens */
#define GATUN_POOLING_LAST 3 /* last token */

/* What the linear layers of a model's blocks multiply in; embeddings, norms and heads are fp32 with
 * every precision (gatun_model_options.precision, gatun_model_info.precision). */
#define GATUN_PRECISION_FP32 1 /* the reference */
#define GATUN_PRECISION_BF16 2 /* bf16 weights and activations */
#define GATUN_PRECISION_INT8 3 /* 8-bit weights per output channel, 8-bit activations per token */

/* How a model is opened. Zeros are defaults. */
typedef struct gatun_model_options {
  int32_t precision;           /* GATUN_PRECISION_*, or 0 for fp32 */
  int32_t threads;             /* that read and pack weights, 1 … 256, or 0 for all processors */
  const char* cache_directory; /* where packed weights are kept (UTF-8, no NUL needed), see
                                  gatun_model_open; NULL: nowhere */
  int64_t cache_directory_length;
  int64_t cache_bytes_max; /* of all files there, or 0 for 8 GiB */
  int64_t* progress;       /* NULL, or two values that gatun_model_open stores atomically while it
                              runs, for another thread to read: steps done, steps in all */
} gatun_model_options;

/* Facts about an open model. Filled by gatun_model_describe. */
typedef struct gatun_model_info {
  int32_t family;         /* GATUN_FAMILY_* */
  int32_t head;           /* GATUN_HEAD_* */
  int32_t pooling;        /* GATUN_POOLING_*: of the sequence head, or of the embedding */
  int32_t normalized;     /* 1: embeddings are L2-normalised */
  int32_t hidden_size;    /* H */
  int32_t embedding_size; /* E: H, unless layers behind the pooling change it */
  int32_t layers;
  int32_t attention_heads;
  int32_t vocabulary;     /* rows of the embedding table; ids are 0 … vocabulary−1 */
  int32_t positions_max;  /* longest sequence, special tokens included */
  int32_t token_types;    /* valid type ids are 0 … token_types−1; 0: the model has none */
  int32_t labels;         /* rows of the classifier, 0 without one */
  int32_t precision;      /* GATUN_PRECISION_* */
  int64_t parameters;     /* weights of the trunk and its head, elements */
  int64_t resident_bytes; /* memory that only this model holds */
  int64_t mapped_bytes;   /* of the cache's file, mapped read-only: shared by all that map it */
} gatun_model_info;

/* A model: immutable after open. */
typedef struct gatun_model gatun_model;

/* Threads and workspace. */
typedef struct gatun_lane gatun_lane;

/* Version of this header the library was built from. Never fails. */
GATUN_API int32_t gatun_abi_version(void);

/* Facts about the library as a JSON object in UTF-8:
 * {"version","abi","backend","isa","isa_detected","cpus"}; isa is the tier in use, capped by the
 * environment variable GATUN_ISA (scalar, avx2, avx2vnni, avx512, avx512vnni, avx512bf16, amx; on
 * AArch64 scalar, neon, neondotprod, neonbf16).
 * Writes at most `capacity` bytes including the final NUL and returns the length without it; when
 * that is ≥ capacity, the text was cut. Returns −1 and fills `error` when GATUN_ISA names an
 * unknown tier or one this machine lacks. */
GATUN_API int64_t gatun_runtime_describe(char* text, int64_t capacity, gatun_error* error);

/* Keeps the library from instruction sets above the one of this name (UTF-8, `name_length` bytes),
 * unless GATUN_ISA names one. To be called before anything that computes. Returns GATUN_OK or the
 * error's code: for a name that this build does not know, or when a higher one is in use. */
GATUN_API int32_t gatun_runtime_limit_isa(const char* name, int64_t name_length,
                                          gatun_error* error);

/* Measures how fast this machine multiplies when nothing has to be loaded or stored: operations per
 * second of `threads` threads (1 … 256) at once in a GATUN_PRECISION_*, with the instruction set in
 * use; a product and its sum count as two. Takes about a fifth of a second; meant for an idle
 * machine. Returns GATUN_OK or the error's code. */
GATUN_API int32_t gatun_machine_peak(int32_t precision, int32_t threads,
                                     double* operations_per_second, gatun_error* error);

/* Opens the folder `directory` (UTF-8, `directory_length` bytes, no NUL needed) that holds
 * config.json and model.safetensors, or shards with model.safetensors.index.json.
 * Everything is validated before any of it is used: header, offsets, shapes against the
 * configuration, finite values. Nothing outside the folder is read but the cache. Weights may be
 * stored as F32, F16 or BF16.
 * `options` (of `options_bytes` bytes, at least sizeof(gatun_model_options)) may be NULL, with 0
 * bytes, for the defaults.
 * With a cache directory, packed weights are looked for there under a key of everything they were
 * made from, and mapped; otherwise they are packed, written there and mapped. The directory and its
 * files must belong to this user or to root and be writable for nobody else, because changing a
 * mapped file changes the model, and shortening it ends the process. A cache that cannot be used is
 * as none, and a damaged file is replaced: gatun_model_origin tells.
 * Returns NULL and fills `error` on failure; nothing is left open then. */
GATUN_API gatun_model* gatun_model_open(const char* directory, int64_t directory_length,
                                        const gatun_model_options* options, int64_t options_bytes,
                                        gatun_error* error);

/* Releases the model. NULL is allowed. No lane may be running it. */
GATUN_API void gatun_model_close(gatun_model* model);

/* Fills `info` (of `info_bytes` bytes, at least sizeof(gatun_model_info)). Returns GATUN_OK or the
 * error's code. */
GATUN_API int32_t gatun_model_describe(const gatun_model* model, gatun_model_info* info,
                                       int64_t info_bytes, gatun_error* error);

/* Where the model's weights came from, as a JSON object in UTF-8:
 * {"cache","file"?,"digests":{name: sha256},"warnings":[…]}; cache is "off" (not asked for),
 * "mapped" (they were there), "written" (they are there now) or "unused" (a warning says why).
 * `digests` are those of the weight files, without a cache none. Writes and returns as
 * gatun_runtime_describe. */
GATUN_API int64_t gatun_model_origin(const gatun_model* model, char* text, int64_t capacity,
                                     gatun_error* error);

/* Files of packed weights in a cache directory, as a JSON array in UTF-8, the one used last first:
 * {"file","bytes","used","model"?,"precision"?,"packing"?,"library"?,"problem"?}; used is in
 * seconds since 1970. With `verify` not 0 every byte is read and compared with its checksum. Writes
 * and returns as gatun_runtime_describe. */
GATUN_API int64_t gatun_cache_describe(const char* directory, int64_t directory_length,
                                       int32_t verify, char* text, int64_t capacity,
                                       gatun_error* error);

/* Removes everything that was kept in a cache directory; models that are open go on with what they
 * have mapped. Returns the bytes of the removed weights, or −1 and fills `error`. */
GATUN_API int64_t gatun_cache_clear(const char* directory, int64_t directory_length,
                                    gatun_error* error);

/* Many tasks on one trunk: a task is a head, or an adapter with a head, over an open model. One
 * pass computes what the tasks of its outputs share once: all layers below the lowest that one of
 * them adapts, and the products with the model's own weights above. */
typedef struct gatun_task gatun_task;

/* How a task holds the layers it adapts (gatun_task_options.form). */
#define GATUN_TASK_LOW_RANK 1 /* factors, applied beside the model's weights; the default */
#define GATUN_TASK_MERGED 2   /* its own copies of the adapted layers */
#define GATUN_TASK_BOTH 3     /* both; each pass takes what is cheaper for its set of tasks */

/* How a task is opened. Zeros are defaults. */
typedef struct gatun_task_options {
  int32_t form;     /* GATUN_TASK_*, or 0 for GATUN_TASK_LOW_RANK */
  int32_t reserved; /* 0 */
} gatun_task_options;

/* Facts about an open task. Filled by gatun_task_describe. */
typedef struct gatun_task_info {
  int32_t head;           /* GATUN_HEAD_* */
  int32_t pooling;        /* GATUN_POOLING_* */
  int32_t normalized;     /* 1: embeddings are L2-normalised */
  int32_t labels;         /* rows of the classifier, 0 without one */
  int32_t first_layer;    /* lowest layer that it adapts; the model's layers for a head alone */
  int32_t rank;           /* largest of its linear layers, 0 for a head alone */
  int32_t token_types;    /* rows of its own table of token types; 0: types are the model's */
  int32_t reserved;       /* 0 */
  int64_t parameters;     /* of its files, elements */
  int64_t resident_bytes; /* memory that only this task holds */
} gatun_task_info;

/* Opens the folder of a task over `model`, which has to stay open until the task is closed: a PEFT
 * LoRA adapter (adapter_config.json and adapter_model.safetensors; lora_config.json is not read),
 * or a head by itself (config.json, for its `architectures`, and head.safetensors with the tensors
 * of the head alone). An adapter of a BERT may hold a table of token types besides
 * (embeddings.token_type_embeddings.weight, listed in modules_to_save): the sequences that the task
 * reads take their types from it, and no layer is shared. What a head needs and the folder lacks
 * comes from the model's own folder, which has to be where it was. Everything is validated before
 * any of it is used. `options` (of `options_bytes` bytes, at least sizeof(gatun_task_options)) may
 * be NULL, with 0 bytes. Returns NULL and fills `error` on failure. */
GATUN_API gatun_task* gatun_task_open(const gatun_model* model, const char* directory,
                                      int64_t directory_length, const gatun_task_options* options,
                                      int64_t options_bytes, gatun_error* error);

/* Releases the task. NULL is allowed. No lane may be running it. */
GATUN_API void gatun_task_close(gatun_task* task);

/* Fills `info` (of `info_bytes` bytes, at least sizeof(gatun_task_info)). Returns GATUN_OK or the
 * error's code. */
GATUN_API int32_t gatun_task_describe(const gatun_task* task, gatun_task_info* info,
                                      int64_t info_bytes, gatun_error* error);

/* How a lane is opened. */
typedef struct gatun_lane_options {
  int32_t threads;   /* 1 … 256; the thread that calls gatun_lane_run counts as one of them */
  int32_t first_cpu; /* −1: threads move freely. n: each thread stays on one processor, the first of
                        them on the n-th of those the calling thread may use, counted from 0 */
} gatun_lane_options;

/* Creates a lane of exactly `options.threads` native threads, the caller's included. They block all
 * signals. Pinning includes the calling thread, which then should be the one that uses the lane.
 * `options` is of `options_bytes` bytes, at least sizeof(gatun_lane_options).
 * Returns NULL and fills `error` on failure. */
GATUN_API gatun_lane* gatun_lane_open(const gatun_lane_options* options, int64_t options_bytes,
                                      gatun_error* error);

/* Stops the threads and frees the workspace; a pass under way is cancelled. NULL is allowed. */
GATUN_API void gatun_lane_close(gatun_lane* lane);

/* Grows the lane's workspace so that gatun_lane_run with a batch of up to `tokens` tokens in up to
 * `sequences` sequences of `model` does not allocate. A larger one gives back after it what it
 * needed more; without a reserve, a lane keeps what its largest run needed. The workspace of
 * gatun_lane_begin, which is apart, gets the same size when it is first needed. Returns GATUN_OK or
 * the error's code. */
GATUN_API int32_t gatun_lane_reserve(gatun_lane* lane, const gatun_model* model, int64_t tokens,
                                     int64_t sequences, gatun_error* error);

/* Bytes of workspace the lane holds, that of a pass under way included; 0 for NULL. */
GATUN_API int64_t gatun_lane_workspace_bytes(const gatun_lane* lane);

/* Sequences without padding: sequence i is ids[offsets[i]] … ids[offsets[i+1]−1]. Token types are
 * rows of the table that a sequence is read with: the task's where it has one, else the model's. */
typedef struct gatun_batch {
  const int32_t* ids;      /* token ids, special tokens included */
  int64_t id_count;        /* = offsets[sequences] */
  const int32_t* type_ids; /* token types, or NULL for all zero */
  int64_t type_id_count;   /* = id_count, or 0 with NULL */
  const int32_t* offsets;  /* sequences+1 values, rising from 0; no empty sequence */
  int64_t offset_count;    /* sequences+1 */
} gatun_batch;

/* What to compute (gatun_output.kind). */
#define GATUN_OUTPUT_HIDDEN 1    /* [tokens, H]; gatun_output.layer chooses the layer */
#define GATUN_OUTPUT_EMBEDDING 2 /* [sequences, E]: pooled, L2-normalised if the model says so */
#define GATUN_OUTPUT_LOGITS 3    /* [sequences, labels] or, for a token head, [tokens, labels] */

/* gatun_output.layer for GATUN_OUTPUT_HIDDEN: after the last layer and the final norm. Otherwise
 * 0 … layers: 0 is the embedding output, i the raw output of block i−1. */
#define GATUN_LAYER_FINAL (-1)

/* gatun_output.layer for GATUN_OUTPUT_EMBEDDING: 0 is the whole model; 1 … layers stops after that
 * many blocks (Matryoshka models) and applies the final norm and the pooling there. */

/* One wanted result of one task for some of the batch's sequences. Everything but rows and columns
 * is the caller's. A result's rows are those of its sequences, in their order. */
typedef struct gatun_output {
  int32_t kind;             /* GATUN_OUTPUT_* */
  int32_t layer;            /* of hidden states and embeddings, see above; 0 for logits */
  float* values;            /* row-major */
  int64_t capacity;         /* floats in `values` */
  int64_t rows;             /* out */
  int64_t columns;          /* out */
  const gatun_task* task;   /* opened over the same model; NULL: the model itself */
  const int32_t* sequences; /* numbers of sequences, rising; NULL: all */
  int64_t sequence_count;   /* 0 with NULL */
} gatun_output;

/* Runs one forward pass over the batch and fills `output_count` (1 … 64) outputs. Every id, offset,
 * length and capacity is checked before any work is done. Positions restart at 0 in each sequence;
 * results of a sequence do not depend on its neighbours beyond rounding.
 * Returns GATUN_OK or the error's code; on failure the contents of the outputs are undefined. */
GATUN_API int32_t gatun_lane_run(gatun_lane* lane, const gatun_model* model,
                                 const gatun_batch* batch, gatun_output* outputs,
                                 int32_t output_count, gatun_error* error);

/* Says what gatun_lane_run would do with the batch and the outputs, whose values may be NULL, as a
 * JSON object in UTF-8: {"plan","cost","separate","layers","steps":[{"layer","rows"}],
 * "tasks":[{"name","layer","form","sequences","tokens"}]}. plan: "trunk" (no task), "shared-trunk"
 * (heads alone), "shared-bottom" (rows part at the lowest adapted layer), "stacked" (several tasks
 * adapted from the first layer on, in one pass) or "single" (one such task). cost: in layers ×
 * tokens, weights read included, and behind the last attention only the rows that a result reads;
 * separate: the same, one pass for each task and sequence. steps: rows that run through the layers
 * from `layer` on. form: "head", "low-rank" or "merged".
 * Writes and returns as gatun_runtime_describe does. */
GATUN_API int64_t gatun_plan_describe(const gatun_model* model, const gatun_batch* batch,
                                      const gatun_output* outputs, int32_t output_count, char* text,
                                      int64_t capacity, gatun_error* error);

/* Begins what gatun_lane_run does, without computing anything yet. All checks are made here, and
 * rows and columns of the outputs are filled. Ids, types and offsets are copied, the outputs'
 * structures and sequences too; but outputs[i].values, which the caller owns, the model and the
 * tasks are used until the pass has ended: until gatun_lane_advance returns anything but
 * GATUN_PAUSED, or gatun_lane_cancel. The pass has a workspace of its own; what is beyond the size
 * of gatun_lane_reserve is freed at its end. One pass is under way at a time: a second fails with
 * GATUN_ERROR_BUSY and changes nothing. gatun_lane_run and gatun_lane_reserve may be called
 * meanwhile. Returns GATUN_OK or the error's code. */
GATUN_API int32_t gatun_lane_begin(gatun_lane* lane, const gatun_model* model,
                                   const gatun_batch* batch, gatun_output* outputs,
                                   int32_t output_count, gatun_error* error);

/* Goes on with the pass for about `budget_us` microseconds (0 or more). It stops between two steps
 * of a few milliseconds each and takes at least one. Results do not depend on where it stopped.
 * Returns GATUN_OK when all outputs are filled and the pass has ended, GATUN_PAUSED when there is
 * more to do, or the error's code; then the pass has ended and its outputs are undefined. Without a
 * pass under way: GATUN_ERROR_ARGUMENT. */
GATUN_API int32_t gatun_lane_advance(gatun_lane* lane, int64_t budget_us, gatun_error* error);

/* Ends the pass under way, if there is one; its outputs are undefined. Returns GATUN_OK or the
 * error's code. */
GATUN_API int32_t gatun_lane_cancel(gatun_lane* lane, gatun_error* error);

#ifdef __cplusplus
}
#endif

#endif /* GATUN_H */
