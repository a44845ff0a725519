#include "encoder/weight_view.h"

#include <new>

namespace gatun::encoder {
namespace {

using backend::RowForm;
using backend::Storage;
using weights::Kind;
using weights::Section;

int64_t checked_bytes(int64_t rows, int64_t columns, int64_t element) {
  int64_t bytes = 0;
  if (__builtin_mul_overflow(rows, columns, &bytes) ||
      __builtin_mul_overflow(bytes, element, &bytes)) {
    throw std::bad_alloc();
  }
  return bytes;
}

Section section(const std::string& name, Kind kind, uint32_t type, int64_t rows, int64_t columns) {
  Section made;
  made.name = name;
  made.kind = kind;
  made.type = type;
  made.rows = rows;
  made.columns = columns;
  return made;
}

}  // namespace

int64_t element_bytes(Storage storage) { return storage == Storage::kF32 ? 4 : 2; }

std::string layer_name(const std::vector<LinearPart>& parts) {
  std::string joined;
  for (const LinearPart& part : parts) joined += (joined.empty() ? "" : " + ") + part.name;
  return joined;
}

Section vector_section(const std::string& name, int64_t width) {
  Section made = section(name, Kind::kVector, static_cast<uint32_t>(Storage::kF32), 1, width);
  made.bytes = checked_bytes(1, width, element_bytes(Storage::kF32));
  return made;
}

Section table_section(const std::string& name, RowForm form, int64_t count, int64_t width) {
  Section made = section(name, Kind::kTable, static_cast<uint32_t>(form), count, width);
  checked_bytes(1, width, row_bytes(RowForm::kF32, 1));
  made.bytes = checked_bytes(count, row_bytes(form, width), 1);
  return made;
}

Section layer_section(const backend::Backend& backend, const std::string& name,
                      const backend::LinearShape& shape) {
  Section made = section(name, Kind::kLinear, static_cast<uint32_t>(shape.form.precision),
                         shape.outputs, shape.inputs);
  made.bias = shape.bias;
  made.smoothed = shape.form.smoothed;
  made.keeps = shape.form.keeps;
  made.pairs_end = shape.form.pairs.end;
  made.pairs_group = shape.form.pairs.group;
  made.bytes = backend.packed_bytes(shape);
  return made;
}

void attach(const Section& section, std::span<const std::byte> payload,
            const backend::Backend& backend, const Field& field) {
  const std::span<const std::byte> bytes =
      payload.subspan(static_cast<size_t>(section.offset), static_cast<size_t>(section.bytes));
  switch (section.kind) {
    case Kind::kVector:
      *std::get<const float**>(field) = reinterpret_cast<const float*>(bytes.data());
      return;
    case Kind::kTable:
      *std::get<TableWeights*>(field) = {bytes.data(), static_cast<RowForm>(section.type),
                                         section.rows, section.columns};
      return;
    case Kind::kLinear: {
      const LinearField& linear = std::get<LinearField>(field);
      *linear.weights = backend.view(linear.shape, bytes);
      return;
    }
  }
}

}  // namespace gatun::encoder
