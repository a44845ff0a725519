// Header of a safetensors file: 8 bytes little-endian length, a JSON object, then the tensors'
// bytes. Format: https://github.com/huggingface/safetensors, section "Format".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatun::model {

/// One entry of the header. `begin` and `end` count bytes from the start of the file.
struct TensorEntry {
  std::string name;
  std::string dtype;  ///< as written: "F32", "BF16", "I64", …
  std::vector<int64_t> shape;
  int64_t begin = 0;
  int64_t end = 0;
};

/// Reads and validates the header of a file of `size` bytes at `data`. Afterwards every entry lies
/// inside the file, has as many bytes as its shape and dtype say, and the entries cover the file
/// without gap or overlap. Throws Failure (ErrorCode::kFormat) that starts with `label`.
std::vector<TensorEntry> read_safetensors_header(const unsigned char* data, int64_t size,
                                                 const std::string& label);

}  // namespace gatun::model
