// rope_type, and YaRN's parameters with the defaults of transformers' modeling_rope_utils.
#include <array>
#include <cmath>

#include "model/families.h"

namespace gatun::model {
namespace {

enum class RopeType { kDefault, kYarn };

RopeType read_type(const ConfigReader& rope) {
  static constexpr std::array<Word<RopeType>, 2> kTypes = {
      {{"default", RopeType::kDefault}, {"yarn", RopeType::kYarn}}};
  const char* key =
      rope.find("rope_type") == nullptr && rope.find("type") != nullptr ? "type" : "rope_type";
  return rope.word<RopeType>(key, "default", kTypes);
}

/// 0.1·m·ln(factor) + 1, the temperature YaRN recommends.
double temperature(double factor, double m) {
  return factor <= 1 ? 1 : 0.1 * m * std::log(factor) + 1;
}

Yarn read_yarn(const ConfigReader& rope, int64_t positions_max) {
  Yarn yarn;
  yarn.original_positions =
      rope.integer("original_max_position_embeddings", 1, kPositionsMax, positions_max);
  yarn.factor =
      rope.real("factor", 1, 1e6,
                static_cast<double>(positions_max) / static_cast<double>(yarn.original_positions));
  yarn.beta_fast = rope.real("beta_fast", 1e-3, 1e6, 32);
  yarn.beta_slow = rope.real("beta_slow", 1e-3, 1e6, 1);
  if (yarn.beta_fast < yarn.beta_slow) rope.fail("beta_fast", "is smaller than beta_slow");
  yarn.truncate = rope.boolean("truncate", true);
  const auto mscale = rope.real_if_present("mscale", 0, 1e6);
  const auto mscale_all = rope.real_if_present("mscale_all_dim", 0, 1e6);
  double factor = temperature(yarn.factor, 1);
  if (mscale.value_or(0) != 0 && mscale_all.value_or(0) != 0) {
    factor = temperature(yarn.factor, *mscale) / temperature(yarn.factor, *mscale_all);
  }
  yarn.attention_factor = rope.real("attention_factor", 1e-6, 1e6, factor);
  return yarn;
}

}  // namespace

Rotary read_rotary(const ConfigReader& config, const Json* rope, const std::string& rope_key,
                   double theta_absent, int64_t positions_max) {
  Rotary rotary;
  rotary.theta = theta_absent;
  if (rope == nullptr) return rotary;
  const ConfigReader reader(*rope, config.name() + ": " + rope_key);
  rotary.theta = reader.real("rope_theta", 1, kThetaMax, theta_absent);
  if (read_type(reader) == RopeType::kYarn) {
    rotary.yarn = read_yarn(reader, positions_max);
    if (rotary.theta <= 1) reader.fail("rope_theta", "YaRN needs a base above 1");
  }
  return rotary;
}

std::vector<Rotary> read_rotary_kinds(const ConfigReader& config, const RotaryBases& bases,
                                      int64_t positions_max) {
  const Json* parameters = config.find("rope_parameters");
  if (parameters == nullptr) {
    const Json* scaling = config.find("rope_scaling");
    const Json* sliding = bases.scale_sliding ? scaling : nullptr;
    return {read_rotary(config, scaling, "rope_scaling", bases.full, positions_max),
            read_rotary(config, sliding, "rope_scaling", bases.sliding, positions_max)};
  }
  const ConfigReader both(*parameters, config.name() + ": rope_parameters");
  const Json* full = both.find("full_attention");
  const Json* sliding = both.find("sliding_attention");
  if ((full == nullptr) != (sliding == nullptr)) {
    both.fail(full == nullptr ? "full_attention" : "sliding_attention", "is missing");
  }
  if (full == nullptr) {
    return {read_rotary(config, parameters, "rope_parameters", bases.full, positions_max),
            read_rotary(config, parameters, "rope_parameters", bases.sliding, positions_max)};
  }
  return {read_rotary(config, full, "rope_parameters.full_attention", bases.full, positions_max),
          read_rotary(config, sliding, "rope_parameters.sliding_attention", bases.sliding,
                      positions_max)};
}

}  // namespace gatun::model
