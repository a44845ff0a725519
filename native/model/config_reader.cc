#include "model/config_reader.h"

#include <array>
#include <sstream>

#include "model/utf8.h"
#include "runtime/failure.h"

namespace gatun::model {
namespace {

std::string short_number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

ConfigReader::ConfigReader(const Json& object, std::string name)
    : object_(object), name_(std::move(name)) {
  if (!object.is(Json::Kind::kObject)) {
    throw Failure(ErrorCode::kFormat, name_ + " is not a JSON object");
  }
}

const Json* ConfigReader::find(std::string_view key) const {
  const Json* value = object_.find(key);
  return value != nullptr && value->is(Json::Kind::kNull) ? nullptr : value;
}

bool ConfigReader::has(std::string_view key) const { return object_.find(key) != nullptr; }

void ConfigReader::fail(std::string_view key, const std::string& what) const {
  throw Failure(ErrorCode::kFormat, name_ + ": " + std::string(key) + ": " + one_line(what, 800));
}

void ConfigReader::unsupported(std::string_view key, const std::string& what) const {
  throw Failure(ErrorCode::kUnsupported,
                name_ + ": " + std::string(key) + ": " + one_line(what, 800));
}

const Json& ConfigReader::required(std::string_view key) const {
  const Json* value = find(key);
  if (value == nullptr) fail(key, "is missing");
  return *value;
}

int64_t ConfigReader::integer_of(std::string_view key, const Json& value, int64_t low,
                                 int64_t high) const {
  const std::string range = std::to_string(low) + " … " + std::to_string(high);
  if (!value.is(Json::Kind::kNumber) ||
      (!value.integral && value.number > -1e18 && value.number < 1e18)) {
    fail(key, "is " + excerpt(value) + "; expected an integer " + range);
  }
  if (!value.integral || value.integer < low || value.integer > high) {
    const std::string sign = low == 1 ? "a positive integer " : "an integer ";
    fail(key, "is " + excerpt(value) + "; expected " + sign + range);
  }
  return value.integer;
}

double ConfigReader::real_of(std::string_view key, const Json& value, double low,
                             double high) const {
  if (!value.is(Json::Kind::kNumber) || value.number < low || value.number > high) {
    fail(key, "is " + excerpt(value) + "; expected a number " + short_number(low) + " … " +
                  short_number(high));
  }
  return value.number;
}

int64_t ConfigReader::integer(std::string_view key, int64_t low, int64_t high) const {
  return integer_of(key, required(key), low, high);
}

int64_t ConfigReader::integer(std::string_view key, int64_t low, int64_t high,
                              int64_t absent) const {
  return integer_if_present(key, low, high).value_or(absent);
}

std::optional<int64_t> ConfigReader::integer_if_present(std::string_view key, int64_t low,
                                                        int64_t high) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return integer_of(key, *value, low, high);
}

double ConfigReader::real(std::string_view key, double low, double high, double absent) const {
  return real_if_present(key, low, high).value_or(absent);
}

std::optional<double> ConfigReader::real_if_present(std::string_view key, double low,
                                                    double high) const {
  const Json* value = find(key);
  if (value == nullptr) return std::nullopt;
  return real_of(key, *value, low, high);
}

bool ConfigReader::boolean(std::string_view key, bool absent) const {
  const Json* value = find(key);
  if (value == nullptr) return absent;
  if (!value->is(Json::Kind::kBool)) {
    fail(key, "is " + excerpt(*value) + "; expected true or false");
  }
  return value->boolean;
}

std::string ConfigReader::text(std::string_view key, std::string_view absent) const {
  const Json* value = find(key);
  return value == nullptr ? std::string(absent) : text_of(key, *value);
}

std::string ConfigReader::text_of(std::string_view key, const Json& value) const {
  if (!value.is(Json::Kind::kString)) fail(key, "is " + excerpt(value) + "; expected a string");
  return value.text;
}

const Json* ConfigReader::array(std::string_view key) const {
  const Json* value = find(key);
  if (value != nullptr && !value->is(Json::Kind::kArray)) {
    fail(key, "is " + excerpt(*value) + "; expected an array");
  }
  return value;
}

Activation ConfigReader::activation(std::string_view key, std::string_view absent) const {
  static constexpr std::array<Word<Activation>, 10> kWords = {
      {{"gelu", Activation::kGeluErf},
       {"gelu_python", Activation::kGeluErf},
       {"gelu_new", Activation::kGeluTanh},
       {"gelu_pytorch_tanh", Activation::kGeluTanh},
       {"silu", Activation::kSilu},
       {"swish", Activation::kSilu},
       {"relu", Activation::kRelu},
       {"tanh", Activation::kTanh},
       {"linear", Activation::kNone},
       {"identity", Activation::kNone}}};
  return word<Activation>(key, absent, kWords);
}

}  // namespace gatun::model
