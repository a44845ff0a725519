// From bytes in memory to the weights of a graph.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "backend/backend.h"
#include "encoder/binder.h"
#include "encoder/graph.h"
#include "weights/section.h"

namespace gatun::encoder {

/// Which field of a graph a section is for.
struct LinearField {
  LinearWeights* weights;
  backend::LinearShape shape;
};
using Field = std::variant<const float**, TableWeights*, LinearField>;

int64_t element_bytes(backend::Storage storage);

/// A layer's name in the cache; several tensors may be one layer.
std::string layer_name(const std::vector<LinearPart>& parts);

/// The sections of a graph, without offsets. Throws what Backend::packed_bytes throws, and
/// std::bad_alloc when a size overflows.
weights::Section vector_section(const std::string& name, int64_t width);
weights::Section table_section(const std::string& name, backend::RowForm form, int64_t count,
                               int64_t width);
weights::Section layer_section(const backend::Backend& backend, const std::string& name,
                               const backend::LinearShape& shape);

/// Points `field` at the section's bytes in `payload`. The section is one of those above.
void attach(const weights::Section& section, std::span<const std::byte> payload,
            const backend::Backend& backend, const Field& field);

}  // namespace gatun::encoder
