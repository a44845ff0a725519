/* Prints what the C compiler makes of gatun.h, one fact per line, for comparison with bindings:
 *
 *   constant NAME VALUE
 *   struct NAME SIZE ALIGNMENT
 *   field STRUCT NAME OFFSET SIZE TYPE
 *   function NAME RETURN (PARAMETERS)
 *
 * Types: i32, i64, f32 values; ptr for any pointer; char[N]; void. _Generic makes the compiler
 * state them: a declaration that changes and a line that does not cannot both compile.
 */
#include <stddef.h>
#include <stdio.h>

#include "gatun.h"

#define CONSTANT(name) printf("constant %s %d\n", #name, (int)(name));
#define STRUCT(name) printf("struct %s %zu %zu\n", #name, sizeof(name), (size_t)_Alignof(name));
#define TYPE(value)             \
  _Generic((value),             \
      int32_t: "i32",           \
      int64_t: "i64",           \
      float: "f32",             \
      char*: "char[2044]",      \
      float*: "ptr",            \
      int64_t*: "ptr",          \
      const char*: "ptr",       \
      const gatun_task*: "ptr", \
      const int32_t*: "ptr")
#define FIELD(type, name)                                                                          \
  printf("field %s %s %zu %zu %s\n", #type, #name, offsetof(type, name), sizeof(((type*)0)->name), \
         TYPE(((type*)0)->name));
/* Fails to compile unless `name` has exactly the type that its line states. */
#define FUNCTION(name, type, text)                   \
  _Static_assert(_Generic(&(name), type: 1), #name); \
  printf("function %s %s\n", #name, text);

static void print_constants(void) {
  CONSTANT(GATUN_ABI_VERSION)
  CONSTANT(GATUN_OK)
  CONSTANT(GATUN_ERROR_ARGUMENT)
  CONSTANT(GATUN_ERROR_IO)
  CONSTANT(GATUN_ERROR_FORMAT)
  CONSTANT(GATUN_ERROR_UNSUPPORTED)
  CONSTANT(GATUN_ERROR_MEMORY)
  CONSTANT(GATUN_ERROR_BUSY)
  CONSTANT(GATUN_ERROR_INTERNAL)
  CONSTANT(GATUN_PAUSED)
  CONSTANT(GATUN_FAMILY_BERT)
  CONSTANT(GATUN_FAMILY_MODERNBERT)
  CONSTANT(GATUN_FAMILY_QWEN3)
  CONSTANT(GATUN_FAMILY_GEMMA3)
  CONSTANT(GATUN_HEAD_NONE)
  CONSTANT(GATUN_HEAD_SEQUENCE)
  CONSTANT(GATUN_HEAD_TOKEN)
  CONSTANT(GATUN_POOLING_NONE)
  CONSTANT(GATUN_POOLING_CLS)
  CONSTANT(GATUN_POOLING_MEAN)
  CONSTANT(GATUN_POOLING_LAST)
  CONSTANT(GATUN_PRECISION_FP32)
  CONSTANT(GATUN_PRECISION_BF16)
  CONSTANT(GATUN_PRECISION_INT8)
  CONSTANT(GATUN_TASK_LOW_RANK)
  CONSTANT(GATUN_TASK_MERGED)
  CONSTANT(GATUN_TASK_BOTH)
  CONSTANT(GATUN_OUTPUT_HIDDEN)
  CONSTANT(GATUN_OUTPUT_EMBEDDING)
  CONSTANT(GATUN_OUTPUT_LOGITS)
  CONSTANT(GATUN_LAYER_FINAL)
}

static void print_structs(void) {
  STRUCT(gatun_error)
  FIELD(gatun_error, code)
  FIELD(gatun_error, message)
  STRUCT(gatun_model_info)
  FIELD(gatun_model_info, family)
  FIELD(gatun_model_info, head)
  FIELD(gatun_model_info, pooling)
  FIELD(gatun_model_info, normalized)
  FIELD(gatun_model_info, hidden_size)
  FIELD(gatun_model_info, embedding_size)
  FIELD(gatun_model_info, layers)
  FIELD(gatun_model_info, attention_heads)
  FIELD(gatun_model_info, vocabulary)
  FIELD(gatun_model_info, positions_max)
  FIELD(gatun_model_info, token_types)
  FIELD(gatun_model_info, labels)
  FIELD(gatun_model_info, precision)
  FIELD(gatun_model_info, parameters)
  FIELD(gatun_model_info, resident_bytes)
  FIELD(gatun_model_info, mapped_bytes)
  STRUCT(gatun_model_options)
  FIELD(gatun_model_options, precision)
  FIELD(gatun_model_options, threads)
  FIELD(gatun_model_options, cache_directory)
  FIELD(gatun_model_options, cache_directory_length)
  FIELD(gatun_model_options, cache_bytes_max)
  FIELD(gatun_model_options, progress)
  STRUCT(gatun_task_options)
  FIELD(gatun_task_options, form)
  FIELD(gatun_task_options, reserved)
  STRUCT(gatun_task_info)
  FIELD(gatun_task_info, head)
  FIELD(gatun_task_info, pooling)
  FIELD(gatun_task_info, normalized)
  FIELD(gatun_task_info, labels)
  FIELD(gatun_task_info, first_layer)
  FIELD(gatun_task_info, rank)
  FIELD(gatun_task_info, token_types)
  FIELD(gatun_task_info, reserved)
  FIELD(gatun_task_info, parameters)
  FIELD(gatun_task_info, resident_bytes)
  STRUCT(gatun_lane_options)
  FIELD(gatun_lane_options, threads)
  FIELD(gatun_lane_options, first_cpu)
  STRUCT(gatun_batch)
  FIELD(gatun_batch, ids)
  FIELD(gatun_batch, id_count)
  FIELD(gatun_batch, type_ids)
  FIELD(gatun_batch, type_id_count)
  FIELD(gatun_batch, offsets)
  FIELD(gatun_batch, offset_count)
  STRUCT(gatun_output)
  FIELD(gatun_output, kind)
  FIELD(gatun_output, layer)
  FIELD(gatun_output, values)
  FIELD(gatun_output, capacity)
  FIELD(gatun_output, rows)
  FIELD(gatun_output, columns)
  FIELD(gatun_output, task)
  FIELD(gatun_output, sequences)
  FIELD(gatun_output, sequence_count)
}

static void print_functions(void) {
  FUNCTION(gatun_abi_version, int32_t (*)(void), "i32 ()")
  FUNCTION(gatun_runtime_describe, int64_t (*)(char*, int64_t, gatun_error*), "i64 (ptr, i64, ptr)")
  FUNCTION(gatun_machine_peak, int32_t (*)(int32_t, int32_t, double*, gatun_error*),
           "i32 (i32, i32, ptr, ptr)")
  FUNCTION(gatun_runtime_limit_isa, int32_t (*)(const char*, int64_t, gatun_error*),
           "i32 (ptr, i64, ptr)")
  FUNCTION(
      gatun_model_open,
      gatun_model * (*)(const char*, int64_t, const gatun_model_options*, int64_t, gatun_error*),
      "ptr (ptr, i64, ptr, i64, ptr)")
  FUNCTION(gatun_model_close, void (*)(gatun_model*), "void (ptr)")
  FUNCTION(gatun_model_describe,
           int32_t (*)(const gatun_model*, gatun_model_info*, int64_t, gatun_error*),
           "i32 (ptr, ptr, i64, ptr)")
  FUNCTION(gatun_model_origin, int64_t (*)(const gatun_model*, char*, int64_t, gatun_error*),
           "i64 (ptr, ptr, i64, ptr)")
  FUNCTION(gatun_cache_describe,
           int64_t (*)(const char*, int64_t, int32_t, char*, int64_t, gatun_error*),
           "i64 (ptr, i64, i32, ptr, i64, ptr)")
  FUNCTION(gatun_cache_clear, int64_t (*)(const char*, int64_t, gatun_error*),
           "i64 (ptr, i64, ptr)")
  FUNCTION(gatun_task_open,
           gatun_task * (*)(const gatun_model*, const char*, int64_t, const gatun_task_options*,
                            int64_t, gatun_error*),
           "ptr (ptr, ptr, i64, ptr, i64, ptr)")
  FUNCTION(gatun_task_close, void (*)(gatun_task*), "void (ptr)")
  FUNCTION(gatun_task_describe,
           int32_t (*)(const gatun_task*, gatun_task_info*, int64_t, gatun_error*),
           "i32 (ptr, ptr, i64, ptr)")
  FUNCTION(gatun_lane_open, gatun_lane * (*)(const gatun_lane_options*, int64_t, gatun_error*),
           "ptr (ptr, i64, ptr)")
  FUNCTION(gatun_lane_close, void (*)(gatun_lane*), "void (ptr)")
  FUNCTION(gatun_lane_reserve,
           int32_t (*)(gatun_lane*, const gatun_model*, int64_t, int64_t, gatun_error*),
           "i32 (ptr, ptr, i64, i64, ptr)")
  FUNCTION(gatun_lane_workspace_bytes, int64_t (*)(const gatun_lane*), "i64 (ptr)")
  FUNCTION(gatun_lane_run,
           int32_t (*)(gatun_lane*, const gatun_model*, const gatun_batch*, gatun_output*, int32_t,
                       gatun_error*),
           "i32 (ptr, ptr, ptr, ptr, i32, ptr)")
  FUNCTION(gatun_plan_describe,
           int64_t (*)(const gatun_model*, const gatun_batch*, const gatun_output*, int32_t, char*,
                       int64_t, gatun_error*),
           "i64 (ptr, ptr, ptr, i32, ptr, i64, ptr)")
  FUNCTION(gatun_lane_begin,
           int32_t (*)(gatun_lane*, const gatun_model*, const gatun_batch*, gatun_output*, int32_t,
                       gatun_error*),
           "i32 (ptr, ptr, ptr, ptr, i32, ptr)")
  FUNCTION(gatun_lane_advance, int32_t (*)(gatun_lane*, int64_t, gatun_error*),
           "i32 (ptr, i64, ptr)")
  FUNCTION(gatun_lane_cancel, int32_t (*)(gatun_lane*, gatun_error*), "i32 (ptr, ptr)")
}

int main(void) {
  print_constants();
  print_structs();
  print_functions();
  return 0;
}
