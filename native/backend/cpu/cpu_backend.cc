#include "backend/cpu/cpu_backend.h"

#include "backend/cpu/cpu_lane.h"
#include "backend/cpu/cpu_packing.h"
#include "backend/cpu/cpu_peak.h"
#include "backend/cpu/cpu_reduced.h"
#include "kernels/kernel_table.h"
#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::backend::cpu {
namespace {

class CpuBackend : public Backend {
 public:
  explicit CpuBackend(const kernels::KernelTable& kernels) : kernels_(kernels) {}

  const char* name() const override { return "cpu"; }
  const char* isa() const override { return kernels_.name; }
  const char* isa_detected() const override {
    const kernels::KernelTable* table = kernels::table_of(kernels::detected());
    return table == nullptr ? kernels_.name : table->name;
  }

  int64_t head_dim_max() const override { return kernels::kHeadDimMax; }

  std::string packing() const override { return cpu::packing(kernels_); }
  int64_t packed_bytes(const LinearShape& shape) const override {
    return cpu::packed_bytes(kernels_, shape);
  }
  void pack(const LinearSource& source, std::byte* target) const override {
    cpu::pack(kernels_, source, target);
  }
  std::unique_ptr<Linear> view(const LinearShape& shape,
                               std::span<const std::byte> bytes) const override {
    return cpu::view(kernels_, shape, bytes);
  }

  int64_t half_bytes() const override { return kernels_.half_bytes(); }
  int64_t operand_bytes(const LinearShape& shape, int64_t rows) const override {
    return cpu::operand_bytes(kernels_, shape, rows);
  }
  int64_t rotated_dim(int64_t head_dim) const override { return kernels_.rotated_dim(head_dim); }
  void column_maxima(const float* x, int64_t rows, int64_t width, float* largest) const override {
    kernels_.column_maxima(x, rows, width, largest);
  }

  void widen(Storage storage, const void* source, int64_t count, float* y) const override {
    kernels_.widen(kernel_word(storage), source, count, y);
  }

  bool all_finite(const float* x, int64_t count) const override {
    return kernels_.all_finite(x, count);
  }

  double peak(Precision precision, int32_t threads) const override {
    return measure_peak(kernels_, precision, threads);
  }

  std::unique_ptr<Lane> open_lane(const LaneOptions& options) const override {
    return std::make_unique<CpuLane>(kernels_, options);
  }

 private:
  const kernels::KernelTable& kernels_;
};

}  // namespace

int score() { return 1; }

void limit_isa(const std::string& name) {
  const char* problem = kernels::limit_choice(name.c_str());
  if (problem == nullptr) return;
  throw Failure(ErrorCode::kUnsupported,
                "instruction set " + model::one_line(name, 40) + ": " + problem);
}

const Backend& open() {
  const kernels::Choice& choice = kernels::choose();
  if (choice.table == nullptr) throw Failure(ErrorCode::kUnsupported, choice.reason);
  static const CpuBackend backend(*choice.table);
  return backend;
}

}  // namespace gatun::backend::cpu
