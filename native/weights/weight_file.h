// The file that keeps a model's packed weights: what it holds and how its head is written.
//
//   0    "GATUNWTS"                 magic
//   8    u32 version, u32 zero
//   16   u64 bytes of the file
//   24   u64 bytes of the table, which starts at 136
//   32   u64 start of the payload, a multiple of 4096; it ends with the file
//   40   u64 sections
//   48   zeros
//   72   key (32 bytes)             what the weights were made from, see encoder/fingerprint.h
//   104  SHA-256 of bytes 0 … 103 and of the table
//   136  table: the description's strings and numbers, then the sections, one after another
//
// Numbers are little-endian; a string is its u32 length and its bytes. Sections lie in the payload
// at multiples of 64 bytes. Nobody changes a file after it has its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/sha256.h"
#include "runtime/thread_pool.h"
#include "weights/section.h"

namespace gatun::weights {

/// Raised with every change of the layout above.
inline constexpr uint32_t kFileVersion = 3;

/// What the weights are, for people, and what a reader of them has to know.
struct Description {
  std::string model;  ///< folder they were read from
  std::string library;
  std::string packing;
  std::string precision;
  std::string trunk_prefix;
  std::string head_prefix;
  int64_t parameters = 0;

  bool operator==(const Description&) const = default;
};

struct WeightFile {
  Digest key{};
  Description description;
  std::vector<Section> sections;
  int64_t payload = 0;  ///< where it starts
};

/// Everything before the payload. Its size, which is where the payload starts, does not depend on
/// the checksums of the sections.
std::string encode_head(const Digest& key, const Description& description,
                        const std::vector<Section>& sections, int64_t payload_bytes);

/// Reads the head of a whole file and checks every number in it: afterwards each section lies
/// inside the payload. Costs nothing per byte of the payload. Throws Failure (ErrorCode::kFormat)
/// with the first thing that is wrong.
WeightFile decode_head(std::span<const std::byte> file);

/// Names of the sections whose bytes in `payload` are not those that were written. Reads all of it.
std::vector<std::string> damaged_sections(const std::vector<Section>& sections,
                                          std::span<const std::byte> payload, ThreadPool& pool);

}  // namespace gatun::weights
