// One weight of a model as it lies in memory and in the cache: no pointers, only offsets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatun::weights {

enum class Kind : uint32_t {
  kVector = 1,  ///< fp32 [1, columns]
  kTable = 2,   ///< stored elements [rows, columns], whose rows are gathered
  kLinear = 3,  ///< a packed layer of `rows` outputs and `columns` inputs
};

struct Section {
  std::string name;
  Kind kind = Kind::kVector;
  uint32_t type = 0;  ///< number of the elements' storage, or of a layer's precision
  // Of a layer, what its bytes are besides rows and columns; see backend::LinearForm.
  bool bias = false;
  bool smoothed = false;
  bool keeps = false;
  int64_t pairs_end = 0;
  int64_t pairs_group = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  int64_t bytes = 0;
  int64_t offset = 0;     ///< from the start of the payload, a multiple of 64
  uint64_t checksum = 0;  ///< of the bytes, once they are final, see runtime/checksum.h
};

/// Gives the sections their offsets, one after another, and returns the size of the payload. Throws
/// std::bad_alloc when it overflows.
int64_t place(std::vector<Section>& sections);

}  // namespace gatun::weights
