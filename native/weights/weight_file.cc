#include "weights/weight_file.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "runtime/aligned.h"
#include "runtime/checksum.h"
#include "runtime/failure.h"

namespace gatun::weights {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr char kMagic[] = "GATUNWTS";
constexpr size_t kMagicBytes = 8;
constexpr size_t kKeyAt = 72;
constexpr size_t kChecksumAt = 104;
constexpr size_t kTableAt = 136;
constexpr size_t kPage = 4096;
constexpr size_t kStringMax = 4096;
/// Of a section with an empty name.
constexpr size_t kSectionBytes = 4 + 3 * sizeof(uint32_t) + 6 * sizeof(int64_t) + sizeof(uint64_t);

// Flags of a section.
constexpr uint32_t kBias = 1;
constexpr uint32_t kSmoothed = 2;
constexpr uint32_t kKeeps = 4;
constexpr uint32_t kFlags = kBias | kSmoothed | kKeeps;

[[noreturn]] void fail(const std::string& what) { throw Failure(ErrorCode::kFormat, what); }

template <class Number>
void put(std::string& bytes, Number number) {
  char raw[sizeof(Number)];
  std::memcpy(raw, &number, sizeof(Number));
  bytes.append(raw, sizeof(Number));
}

void put(std::string& bytes, const std::string& text) {
  put(bytes, static_cast<uint32_t>(text.size()));
  bytes += text;
}

void put(std::string& bytes, const Digest& digest) {
  bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
}

uint32_t flags_of(const Section& section) {
  return (section.bias ? kBias : 0) | (section.smoothed ? kSmoothed : 0) |
         (section.keeps ? kKeeps : 0);
}

std::string encode_table(const Description& description, const std::vector<Section>& sections) {
  std::string table;
  for (const std::string* text :
       {&description.model, &description.library, &description.packing, &description.precision,
        &description.trunk_prefix, &description.head_prefix}) {
    put(table, text->substr(0, kStringMax));
  }
  put(table, description.parameters);
  for (const Section& section : sections) {
    put(table, section.name.substr(0, kStringMax));
    put(table, static_cast<uint32_t>(section.kind));
    put(table, section.type);
    put(table, flags_of(section));
    put(table, section.rows);
    put(table, section.columns);
    put(table, section.pairs_end);
    put(table, section.pairs_group);
    put(table, section.bytes);
    put(table, section.offset);
    put(table, section.checksum);
  }
  return table;
}

/// Reads from front to back and never past the end.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof(Number)).data(), sizeof(Number));
    return value;
  }

  std::string text() {
    const auto length = number<uint32_t>();
    if (length > kStringMax) fail("a string in its table is too long");
    const std::span<const std::byte> bytes = take(length);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  Digest digest() { return number<Digest>(); }

  bool at_end() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> take(size_t count) {
    if (count > bytes_.size()) fail("its table ends too early");
    const std::span<const std::byte> taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

  std::span<const std::byte> bytes_;
};

/// The fixed part of the head.
struct Fixed {
  uint32_t version;
  uint64_t file_bytes;
  uint64_t table_bytes;
  uint64_t payload;
  uint64_t sections;
};

Digest checksum_of(std::span<const std::byte> fixed, std::span<const std::byte> table) {
  Sha256 hash;
  hash.add(fixed.first(kChecksumAt));
  hash.add(table);
  return hash.finish();
}

Fixed read_fixed(std::span<const std::byte> file) {
  if (file.size() < kTableAt) fail("it is shorter than its header");
  Reader reader(file);
  char magic[kMagicBytes];
  for (char& c : magic) c = reader.number<char>();
  if (std::memcmp(magic, kMagic, kMagicBytes) != 0) fail("it is not a file of packed weights");
  Fixed fixed{};
  fixed.version = reader.number<uint32_t>();
  if (fixed.version != kFileVersion) fail("it has version " + std::to_string(fixed.version));
  if (reader.number<uint32_t>() != 0) fail("its header holds an unknown flag");
  fixed.file_bytes = reader.number<uint64_t>();
  fixed.table_bytes = reader.number<uint64_t>();
  fixed.payload = reader.number<uint64_t>();
  fixed.sections = reader.number<uint64_t>();
  if (fixed.file_bytes != file.size()) fail("its length is not what its header says (truncated?)");
  if (fixed.table_bytes > file.size() - kTableAt) fail("its table ends behind it");
  if (fixed.payload % kPage != 0 || fixed.payload < kTableAt + fixed.table_bytes ||
      fixed.payload > file.size()) {
    fail("its payload does not lie behind its table");
  }
  if (fixed.sections > fixed.table_bytes / kSectionBytes) fail("it claims too many sections");
  return fixed;
}

Section read_section(Reader& reader, uint64_t payload_bytes) {
  Section section;
  section.name = reader.text();
  const auto kind = reader.number<uint32_t>();
  if (kind < 1 || kind > 3) fail("section " + section.name + " is of an unknown kind");
  section.kind = static_cast<Kind>(kind);
  section.type = reader.number<uint32_t>();
  const auto flags = reader.number<uint32_t>();
  if ((flags & ~kFlags) != 0) fail("section " + section.name + " has an unknown flag");
  section.bias = (flags & kBias) != 0;
  section.smoothed = (flags & kSmoothed) != 0;
  section.keeps = (flags & kKeeps) != 0;
  section.rows = reader.number<int64_t>();
  section.columns = reader.number<int64_t>();
  section.pairs_end = reader.number<int64_t>();
  section.pairs_group = reader.number<int64_t>();
  section.bytes = reader.number<int64_t>();
  section.offset = reader.number<int64_t>();
  section.checksum = reader.number<uint64_t>();
  if (section.rows < 0 || section.columns < 0 || section.bytes < 0 || section.offset < 0 ||
      section.offset % kAlignment != 0 || static_cast<uint64_t>(section.offset) > payload_bytes ||
      static_cast<uint64_t>(section.bytes) >
          payload_bytes - static_cast<uint64_t>(section.offset)) {
    fail("section " + section.name + " does not lie inside its payload");
  }
  return section;
}

}  // namespace

std::string encode_head(const Digest& key, const Description& description,
                        const std::vector<Section>& sections, int64_t payload_bytes) {
  const std::string table = encode_table(description, sections);
  const size_t payload = (kTableAt + table.size() + kPage - 1) / kPage * kPage;
  std::string head(kMagic, kMagicBytes);
  put(head, kFileVersion);
  put(head, uint32_t{0});
  put(head, static_cast<uint64_t>(payload) + static_cast<uint64_t>(payload_bytes));
  put(head, static_cast<uint64_t>(table.size()));
  put(head, static_cast<uint64_t>(payload));
  put(head, static_cast<uint64_t>(sections.size()));
  head.resize(kKeyAt, '\0');
  put(head, key);
  put(head, checksum_of(std::as_bytes(std::span(head)), std::as_bytes(std::span(table))));
  head += table;
  head.resize(payload, '\0');
  return head;
}

WeightFile decode_head(std::span<const std::byte> file) {
  const Fixed fixed = read_fixed(file);
  const std::span<const std::byte> table = file.subspan(kTableAt, fixed.table_bytes);
  if (Reader(file.subspan(kChecksumAt)).digest() != checksum_of(file, table)) {
    fail("its header and table are not those that were written");
  }
  WeightFile head;
  head.key = Reader(file.subspan(kKeyAt)).digest();
  head.payload = static_cast<int64_t>(fixed.payload);
  Reader reader(table);
  Description& description = head.description;
  for (std::string* text :
       {&description.model, &description.library, &description.packing, &description.precision,
        &description.trunk_prefix, &description.head_prefix}) {
    *text = reader.text();
  }
  description.parameters = reader.number<int64_t>();
  for (uint64_t i = 0; i < fixed.sections; ++i) {
    head.sections.push_back(read_section(reader, file.size() - fixed.payload));
  }
  if (!reader.at_end()) fail("its table holds more than its sections");
  return head;
}

std::vector<std::string> damaged_sections(const std::vector<Section>& sections,
                                          std::span<const std::byte> payload, ThreadPool& pool) {
  std::vector<uint64_t> found(sections.size());
  pool.run(static_cast<int64_t>(sections.size()), [&](int64_t task, int) {
    const auto i = static_cast<size_t>(task);
    found[i] = checksum(payload.subspan(static_cast<size_t>(sections[i].offset),
                                        static_cast<size_t>(sections[i].bytes)));
  });
  std::vector<std::string> damaged;
  for (size_t i = 0; i < sections.size(); ++i) {
    if (found[i] != sections[i].checksum) damaged.push_back(sections[i].name);
  }
  return damaged;
}

}  // namespace gatun::weights
