#include "model/safetensors.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "model/json.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

constexpr int64_t kLengthBytes = 8;
constexpr size_t kRankMax = 8;

struct Dtype {
  std::string_view name;
  int64_t bits;
};

/// Every type of the format; which of them can be a weight is decided by its reader.
constexpr std::array<Dtype, 15> kDtypes = {{{"F64", 64},
                                            {"F32", 32},
                                            {"F16", 16},
                                            {"BF16", 16},
                                            {"F8_E4M3", 8},
                                            {"F8_E5M2", 8},
                                            {"F8_E8M0", 8},
                                            {"I64", 64},
                                            {"I32", 32},
                                            {"I16", 16},
                                            {"I8", 8},
                                            {"U64", 64},
                                            {"U32", 32},
                                            {"U16", 16},
                                            {"U8", 8}}};

int64_t element_bits(std::string_view name) {
  if (name == "BOOL") return 8;
  for (const Dtype& dtype : kDtypes) {
    if (dtype.name == name) return dtype.bits;
  }
  return 0;
}

class HeaderReader {
 public:
  HeaderReader(const unsigned char* data, int64_t size, const std::string& label)
      : data_(data), size_(size), label_(label) {}

  std::vector<TensorEntry> read() {
    const Json header = parse_header();
    std::vector<TensorEntry> entries;
    entries.reserve(header.members.size());
    for (const auto& [name, value] : header.members) {
      if (name == "__metadata__") {
        check_metadata(value);
      } else {
        entries.push_back(read_entry(name, value));
      }
    }
    check_cover(entries);
    return entries;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Failure(ErrorCode::kFormat, label_ + ": " + what);
  }
  [[noreturn]] void fail_tensor(const std::string& name, const std::string& what) const {
    fail("tensor " + one_line(name, 200) + ": " + what);
  }

  Json parse_header() {
    if (size_ < kLengthBytes) {
      fail(size_ == 0 ? "the file is empty; expected a safetensors header"
                      : "the file is too short for the 8 bytes of the header length");
    }
    uint64_t length = 0;
    for (int i = 0; i < kLengthBytes; ++i) length |= uint64_t{data_[i]} << (8 * i);
    const uint64_t rest = static_cast<uint64_t>(size_ - kLengthBytes);
    if (length > rest) {
      fail("header length " + std::to_string(length) + " is past the end of the file of " +
           std::to_string(size_) + " bytes (truncated?)");
    }
    start_ = kLengthBytes + static_cast<int64_t>(length);
    const std::string_view text(reinterpret_cast<const char*>(data_) + kLengthBytes,
                                static_cast<size_t>(length));
    Json header = parse_json(text, label_ + ": header");
    if (!header.is(Json::Kind::kObject)) fail("the header is not a JSON object");
    return header;
  }

  void check_metadata(const Json& metadata) const {
    bool strings = metadata.is(Json::Kind::kObject);
    for (const auto& member : metadata.members) {
      strings = strings && member.second.is(Json::Kind::kString);
    }
    if (!strings) fail("header: __metadata__ is not an object of strings");
  }

  TensorEntry read_entry(const std::string& name, const Json& value) const {
    if (!value.is(Json::Kind::kObject)) fail_tensor(name, "its header entry is not an object");
    const Json* dtype = value.find("dtype");
    const Json* shape = value.find("shape");
    const Json* offsets = value.find("data_offsets");
    if (dtype == nullptr || shape == nullptr || offsets == nullptr || value.members.size() != 3) {
      fail_tensor(name, "its header entry must have exactly dtype, shape and data_offsets");
    }
    TensorEntry entry;
    entry.name = name;
    if (!dtype->is(Json::Kind::kString) || element_bits(dtype->text) == 0) {
      fail_tensor(name, "unknown dtype " + excerpt(*dtype));
    }
    entry.dtype = dtype->text;
    const int64_t bytes = read_shape(*shape, entry);
    read_offsets(*offsets, entry);
    if (entry.end - entry.begin != bytes) {
      fail_tensor(name, "its shape needs " + std::to_string(bytes) + " bytes of " + entry.dtype +
                            ", its data_offsets give " + std::to_string(entry.end - entry.begin));
    }
    return entry;
  }

  /// Fills the shape and returns the bytes it needs.
  int64_t read_shape(const Json& shape, TensorEntry& entry) const {
    if (!shape.is(Json::Kind::kArray) || shape.items.size() > kRankMax) {
      fail_tensor(entry.name, "shape is not an array of at most 8 numbers");
    }
    int64_t bits = element_bits(entry.dtype);
    for (const Json& item : shape.items) {
      if (!item.integral || item.integer < 0) {
        fail_tensor(entry.name, "shape holds " + excerpt(item) + "; expected integers ≥ 0");
      }
      entry.shape.push_back(item.integer);
      if (__builtin_mul_overflow(bits, item.integer, &bits)) {
        fail_tensor(entry.name, "the size of its shape overflows");
      }
    }
    return bits / 8;
  }

  void read_offsets(const Json& offsets, TensorEntry& entry) const {
    if (!offsets.is(Json::Kind::kArray) || offsets.items.size() != 2 ||
        !offsets.items[0].integral || !offsets.items[1].integral) {
      fail_tensor(entry.name, "data_offsets is not a pair of integers in range");
    }
    const int64_t begin = offsets.items[0].integer;
    const int64_t end = offsets.items[1].integer;
    if (begin < 0 || end < begin) {
      fail_tensor(entry.name, "data_offsets [" + std::to_string(begin) + ", " +
                                  std::to_string(end) + "] are not a rising pair of offsets");
    }
    if (end > size_ - start_) {
      fail_tensor(entry.name, "data_offsets end at " + std::to_string(end) +
                                  ", beyond the end of the file's " +
                                  std::to_string(size_ - start_) + " bytes of data (truncated?)");
    }
    entry.begin = start_ + begin;
    entry.end = start_ + end;
  }

  void check_cover(const std::vector<TensorEntry>& entries) const {
    std::vector<const TensorEntry*> order;
    order.reserve(entries.size());
    for (const TensorEntry& entry : entries) order.push_back(&entry);
    std::sort(order.begin(), order.end(), [](const TensorEntry* a, const TensorEntry* b) {
      return a->begin != b->begin ? a->begin < b->begin : a->end < b->end;
    });
    int64_t at = start_;
    for (const TensorEntry* entry : order) {
      if (entry->begin != at) {
        fail_tensor(entry->name, std::string("its data_offsets ") +
                                     (entry->begin < at ? "overlap another tensor"
                                                        : "leave a gap after the tensor before") +
                                     "; expected contiguous tensors");
      }
      at = entry->end;
    }
    if (at != size_) {
      fail(std::to_string(size_ - at) +
           " trailing bytes after the last tensor, not covered by any");
    }
  }

  const unsigned char* data_;
  int64_t size_;
  const std::string& label_;
  int64_t start_ = 0;  // first byte of the tensors
};

}  // namespace

std::vector<TensorEntry> read_safetensors_header(const unsigned char* data, int64_t size,
                                                 const std::string& label) {
  return HeaderReader(data, size, label).read();
}

}  // namespace gatun::model
