#include "encoder/loader.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exception>
#include <mutex>

#include "encoder/checker.h"
#include "runtime/checksum.h"
#include "runtime/failure.h"

namespace gatun::encoder {
namespace {

using backend::Precision;
using backend::RowForm;
using backend::Storage;
using weights::Kind;
using weights::Section;

/// Bytes of a table that one thread copies at a time.
constexpr int64_t kPartBytes = int64_t{4} << 20;
constexpr int64_t kChunk = 1 << 16;  // elements widened at a time

/// The nearest bf16 of a finite value, ties to even; what would round to infinity is cut off.
uint16_t bf16_of(float x) {
  constexpr uint32_t kInfinity = 0x7f80;
  const auto bits = std::bit_cast<uint32_t>(x);
  const uint32_t nearest = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return static_cast<uint16_t>((nearest & kInfinity) == kInfinity ? bits >> 16 : nearest);
}

/// A row of a table as RowForm::kInt8: its largest element becomes ±127.
void round_row(const float* values, int64_t width, std::byte* target) {
  float largest = 0;
  for (int64_t i = 0; i < width; ++i) largest = std::max(largest, std::abs(values[i]));
  const float scale = largest / 127;
  for (int64_t i = 0; i < width; ++i) {
    const float rounded = scale > 0 ? std::nearbyint(values[i] / scale) : 0;
    target[i] = static_cast<std::byte>(static_cast<int8_t>(std::clamp(rounded, -127.0F, 127.0F)));
  }
  std::memcpy(target + width, &scale, sizeof(scale));
}

/// Runs body(0) … body(count−1) on the pool and throws what the first of them threw.
template <class Body>
void run_all(ThreadPool& pool, int64_t count, const Body& body) {
  std::mutex mutex;
  int64_t failed = count;
  std::exception_ptr reason;
  pool.run(count, [&](int64_t task, int) {
    try {
      body(task);
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (task < failed) reason = std::current_exception();
      failed = std::min(failed, task);
    }
  });
  if (reason != nullptr) std::rethrow_exception(reason);
}

}  // namespace

Loader::Loader(const model::Tensors& tensors, const backend::Backend& backend, Precision precision,
               Prefixes prefixes, const InputRanges* ranges)
    : Binder(precision, std::move(prefixes)),
      tensors_(tensors),
      backend_(backend),
      ranges_(ranges) {}

std::vector<float> Loader::factors_of(const Section& layer, const float* weight) const {
  if (ranges_ == nullptr) return {};
  const auto found = ranges_->find(layer.name);
  if (found == ranges_->end()) return {};
  return smoothing_factors(found->second, weight, layer.rows, backend_);
}

Loader::Source Loader::source(const std::string& name) const {
  const model::Tensor* tensor = tensors_.find(name);
  if (tensor == nullptr) throw Failure(ErrorCode::kInternal, name + " was not checked");
  return {name, tensor};
}

void Loader::add(Section section, std::vector<Source> sources, Field field, float offset) {
  parameters_ += section.rows * section.columns + (section.bias ? section.rows : 0);
  sections_.push_back(std::move(section));
  items_.push_back({std::move(sources), field, offset});
}

void Loader::norm(const std::string& name, Extent width, const model::NormForm& form,
                  NormWeights& weights) {
  weights.epsilon = form.epsilon;
  weights.kind = form.kind;
  add(vector_section(name + ".weight", width.value), {source(norm_weight(tensors_, name))},
      &weights.gamma, form.less_one ? 1.0F : 0.0F);
  if (!form.bias) return;
  add(vector_section(name + ".bias", width.value), {source(norm_bias(tensors_, name))},
      &weights.beta);
}

void Loader::layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
                   const backend::LinearForm& form, LinearWeights& weights) {
  std::vector<Source> sources;
  for (const LinearPart& part : parts) sources.push_back(source(part.name + ".weight"));
  for (const LinearPart& part : parts) {
    if (bias) sources.push_back(source(part.name + ".bias"));
  }
  const backend::LinearShape shape{inputs.value, LinearNames::outputs_of(parts), bias, form};
  add(layer_section(backend_, layer_name(parts), shape), std::move(sources),
      LinearField{&weights, shape});
}

void Loader::table(const std::string& name, Extent count, Extent width, bool widen,
                   TableWeights& weights) {
  Source stored = source(name + ".weight");
  const RowForm form = widen ? RowForm::kF32 : row_form(*storage_of(*stored.tensor));
  add(table_section(name, form, count.value, width.value), {std::move(stored)}, &weights);
}

/// In reduced precision rounding is lost in that of the first layer's operand.
RowForm Loader::row_form(Storage stored) const {
  if (precision() == Precision::kInt8) return RowForm::kInt8;
  switch (stored) {
    case Storage::kF32: return precision() == Precision::kF32 ? RowForm::kF32 : RowForm::kBf16;
    case Storage::kF16: return RowForm::kF16;
    case Storage::kBf16: return RowForm::kBf16;
  }
  return RowForm::kF32;
}

int64_t Loader::rows(const std::string& name) const { return matrix_rows(tensors_, name); }

std::vector<Loader::Part> Loader::parts() const {
  std::vector<Part> parts;
  for (size_t i = 0; i < sections_.size(); ++i) {
    const Section& section = sections_[i];
    if (section.kind == Kind::kLinear) {
      parts.push_back({i, 0, section.rows});
      continue;
    }
    const int64_t row_bytes =
        std::max<int64_t>(section.bytes / std::max<int64_t>(section.rows, 1), 1);
    const int64_t step = std::max<int64_t>(kPartBytes / row_bytes, 1);
    for (int64_t first = 0; first < section.rows; first += step) {
      parts.push_back({i, first, std::min(step, section.rows - first)});
    }
  }
  return parts;
}

void Loader::fill(std::span<std::byte> payload, ThreadPool& pool,
                  weights::Progress& progress) const {
  const std::vector<Part> all = parts();
  run_all(pool, static_cast<int64_t>(all.size()), [&](int64_t task) {
    const Part& part = all[static_cast<size_t>(task)];
    fill_part(part, payload);
    const Section& section = sections_[part.section];
    progress.advance(part.count == section.rows ? section.bytes
                                                : section.bytes / section.rows * part.count);
  });
}

void Loader::digest(std::span<const std::byte> payload, ThreadPool& pool,
                    weights::Progress& progress) {
  run_all(pool, static_cast<int64_t>(sections_.size()), [&](int64_t task) {
    Section& section = sections_[static_cast<size_t>(task)];
    section.checksum = checksum(
        payload.subspan(static_cast<size_t>(section.offset), static_cast<size_t>(section.bytes)));
    progress.advance(section.bytes);
  });
}

int64_t Loader::section_bytes() const {
  int64_t bytes = 0;
  for (const Section& section : sections_) bytes += section.bytes;
  return bytes;
}

void Loader::attach(std::span<const std::byte> payload) const {
  for (size_t i = 0; i < sections_.size(); ++i) {
    encoder::attach(sections_[i], payload, backend_, items_[i].field);
  }
}

void Loader::fill_part(const Part& part, std::span<std::byte> payload) const {
  const Section& section = sections_[part.section];
  std::byte* target = payload.data() + section.offset;
  section.kind == Kind::kLinear ? fill_layer(part.section, target) : fill_rows(part, target);
}

void Loader::fill_layer(size_t index, std::byte* target) const {
  const Section& section = sections_[index];
  const std::vector<Source>& sources = items_[index].sources;
  const size_t parts = sources.size() / (section.bias ? 2 : 1);
  Aligned<float> matrix(section.rows * section.columns);
  Aligned<float> bias(section.bias ? section.rows : 0);
  int64_t row = 0;
  for (size_t i = 0; i < parts; ++i) {
    const int64_t outputs = sources[i].tensor->shape->front();
    widen(sources[i], 0, outputs * section.columns, matrix.data() + row * section.columns);
    if (section.bias) widen(sources[parts + i], 0, outputs, bias.data() + row);
    row += outputs;
  }
  const backend::LinearShape& shape = std::get<LinearField>(items_[index].field).shape;
  backend::LinearSource source{shape, matrix.data(), section.bias ? bias.data() : nullptr};
  std::vector<float> factors;
  if (shape.form.smoothed) factors = factors_of(section, matrix.data());
  if (!factors.empty()) source.factors = factors.data();
  backend_.pack(source, target);
}

void Loader::fill_rows(const Part& part, std::byte* target) const {
  const Section& section = sections_[part.section];
  const Source& stored = items_[part.section].sources.front();
  const auto form = static_cast<RowForm>(section.type);
  const int64_t first = part.first * section.columns;
  const int64_t count = part.count * section.columns;
  target += part.first * row_bytes(form, section.columns);
  if (form == RowForm::kF32) {
    auto* values = reinterpret_cast<float*>(target);
    widen(stored, first, count, values);
    const float offset = items_[part.section].offset;
    for (int64_t i = 0; offset != 0 && i < count; ++i) values[i] += offset;
    return;
  }
  const bool narrows = form != RowForm::kInt8 && *storage_of(*stored.tensor) == Storage::kF32;
  const int64_t step = form == RowForm::kInt8 ? section.columns : kChunk;
  Aligned<float> chunk(std::min(count, step));
  for (int64_t at = 0; at < count; at += step) {
    const int64_t length = std::min(step, count - at);
    widen(stored, first + at, length, chunk.data());
    if (form == RowForm::kInt8) {
      round_row(chunk.data(), length, target);
      target += row_bytes(form, length);
    } else if (narrows) {
      std::transform(chunk.data(), chunk.data() + length, reinterpret_cast<uint16_t*>(target) + at,
                     bf16_of);
    }
  }
  if (form == RowForm::kInt8 || narrows) return;
  std::memcpy(target, stored.tensor->data + first * 2, static_cast<size_t>(count * 2));
}

void Loader::widen(const Source& source, int64_t first, int64_t count, float* values) const {
  const Storage storage = *storage_of(*source.tensor);
  backend_.widen(storage, source.tensor->data + first * element_bytes(storage), count, values);
  if (!backend_.all_finite(values, count)) {
    throw Failure(ErrorCode::kFormat, *source.tensor->file + ": tensor " + source.name +
                                          " holds a value that is not finite (NaN or Inf)");
  }
}

}  // namespace gatun::encoder
