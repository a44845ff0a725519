// Reads a checkpoint's weights into memory, packed.
#pragma once

#include <string>
#include <vector>

#include "encoder/binder.h"
#include "encoder/smoothing.h"
#include "encoder/weight_view.h"
#include "model/tensors.h"
#include "runtime/thread_pool.h"
#include "weights/progress.h"
#include "weights/section.h"

namespace gatun::encoder {

/// Notes the weights of a graph, then fills memory for them. The checkpoint must have passed a
/// Checker with the same prefixes.
class Loader : public Binder {
 public:
  Loader(const model::Tensors& tensors, const backend::Backend& backend,
         backend::Precision precision, Prefixes prefixes, const InputRanges* ranges = nullptr);

  void norm(const std::string& name, Extent width, const model::NormForm& form,
            NormWeights& weights) override;
  void table(const std::string& name, Extent count, Extent width, bool widen,
             TableWeights& weights) override;
  int64_t rows(const std::string& name) const override;

  /// Gives every section its place and returns the bytes of the payload.
  int64_t place() { return weights::place(sections_); }
  const std::vector<weights::Section>& sections() const { return sections_; }
  /// Bytes that fill() writes.
  int64_t section_bytes() const;
  int64_t parameters() const { return parameters_; }

  /// Fills the payload on the threads of `pool`; every byte of a section is written. Throws Failure
  /// (ErrorCode::kFormat) when a value is not finite.
  void fill(std::span<std::byte> payload, ThreadPool& pool, weights::Progress& progress) const;
  /// Takes the checksums of what was filled.
  void digest(std::span<const std::byte> payload, ThreadPool& pool, weights::Progress& progress);
  /// Points the graph's fields at the payload, which has to outlive them.
  void attach(std::span<const std::byte> payload) const;

 protected:
  void layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
             const backend::LinearForm& form, LinearWeights& weights) override;

 private:
  /// A stored tensor and its name.
  struct Source {
    std::string name;
    const model::Tensor* tensor;
  };
  /// Where a section comes from and what it is for. A layer's sources are all weights, then all
  /// biases. `offset` is added to every element.
  struct Item {
    std::vector<Source> sources;
    Field field;
    float offset = 0;
  };
  /// Rows first … first+count−1 of a section: what one thread does at a time.
  struct Part {
    size_t section;
    int64_t first;
    int64_t count;
  };

  void add(weights::Section section, std::vector<Source> sources, Field field, float offset = 0);
  Source source(const std::string& name) const;
  backend::RowForm row_form(backend::Storage stored) const;
  /// Of a smoothed layer; empty: all one.
  std::vector<float> factors_of(const weights::Section& layer, const float* weight) const;
  std::vector<Part> parts() const;
  void fill_part(const Part& part, std::span<std::byte> payload) const;
  void fill_layer(size_t index, std::byte* target) const;
  void fill_rows(const Part& part, std::byte* target) const;
  /// Elements of a tensor as fp32; refuses values that are not finite.
  void widen(const Source& source, int64_t first, int64_t count, float* values) const;

  const model::Tensors& tensors_;
  const backend::Backend& backend_;
  const InputRanges* const ranges_;  // null: smoothed layers have factors of one
  std::vector<weights::Section> sections_;
  std::vector<Item> items_;
  int64_t parameters_ = 0;
};

}  // namespace gatun::encoder
