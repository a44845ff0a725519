// Finds weights that a Loader packed before.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "encoder/binder.h"
#include "weights/weight_file.h"

namespace gatun::encoder {

/// Points a graph's fields at sections of a payload. Every section is compared with what the
/// configuration asks for before it is used: a call throws Failure (ErrorCode::kFormat) when it is
/// missing or has another kind, type, form or size.
class Mapper : public Binder {
 public:
  /// `head` and `payload` have been checked by decode_head(); both have to outlive the graph's use
  /// of this binder, and the payload the graph.
  Mapper(const weights::WeightFile& head, std::span<const std::byte> payload,
         const backend::Backend& backend, backend::Precision precision);

  void norm(const std::string& name, Extent width, const model::NormForm& form,
            NormWeights& weights) override;
  void table(const std::string& name, Extent count, Extent width, bool widen,
             TableWeights& weights) override;
  int64_t rows(const std::string& name) const override;

 protected:
  void layer(const std::vector<LinearPart>& parts, Extent inputs, bool bias,
             const backend::LinearForm& form, LinearWeights& weights) override;

 private:
  const weights::Section& find(const std::string& name) const;
  /// The section that has the name of `expected`; it equals it in all but place and checksum.
  const weights::Section& same(const weights::Section& expected) const;

  std::map<std::string, const weights::Section*, std::less<>> sections_;
  std::span<const std::byte> payload_;
  const backend::Backend& backend_;
};

}  // namespace gatun::encoder
