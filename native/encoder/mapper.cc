#include "encoder/mapper.h"

#include <tuple>

#include "encoder/weight_view.h"
#include "runtime/failure.h"

namespace gatun::encoder {

using backend::RowForm;
using weights::Kind;
using weights::Section;

namespace {

/// What has to be equal for bytes to be read as those of another section.
auto form_of(const Section& s) {
  return std::tie(s.kind, s.type, s.bias, s.smoothed, s.keeps, s.pairs_end, s.pairs_group, s.rows,
                  s.columns, s.bytes);
}

}  // namespace

Mapper::Mapper(const weights::WeightFile& head, std::span<const std::byte> payload,
               const backend::Backend& backend, backend::Precision precision)
    : Binder(precision, {head.description.trunk_prefix, head.description.head_prefix}),
      payload_(payload),
      backend_(backend) {
  for (const Section& section : head.sections) sections_.emplace(section.name, &section);
}

const Section& Mapper::find(const std::string& name) const {
  const auto found = sections_.find(name);
  if (found == sections_.end()) throw Failure(ErrorCode::kFormat, "it lacks " + name);
  return *found->second;
}

const Section& Mapper::same(const Section& expected) const {
  const Section& section = find(expected.name);
  if (form_of(section) != form_of(expected)) {
    throw Failure(ErrorCode::kFormat, expected.name + " in it is not what config.json says");
  }
  return section;
}

void Mapper::norm(const std::string& name, Extent width, const model::NormForm& form,
                  NormWeights& weights) {
  weights.epsilon = form.epsilon;
  weights.kind = form.kind;
  attach(same(vector_section(name + ".weight", width.value)), payload_, backend_, &weights.gamma);
  if (!form.bias) return;
  attach(same(vector_section(name + ".bias", width.value)), payload_, backend_, &weights.beta);
}

void Mapper::layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
                   const backend::LinearForm& form, LinearWeights& weights) {
  const backend::LinearShape shape{inputs.value, LinearNames::outputs_of(parts), bias, form};
  attach(same(layer_section(backend_, layer_name(parts), shape)), payload_, backend_,
         LinearField{&weights, shape});
}

void Mapper::table(const std::string& name, Extent count, Extent width, bool widen,
                   TableWeights& weights) {
  const uint32_t type = find(name).type;
  if (type > static_cast<uint32_t>(RowForm::kInt8)) {
    throw Failure(ErrorCode::kFormat, name + " in it has an unknown type");
  }
  const RowForm form = widen ? RowForm::kF32 : static_cast<RowForm>(type);
  attach(same(table_section(name, form, count.value, width.value)), payload_, backend_, &weights);
}

int64_t Mapper::rows(const std::string& name) const {
  const auto found = sections_.find(name);
  return found == sections_.end() ? 0 : found->second->rows;
}

}  // namespace gatun::encoder
