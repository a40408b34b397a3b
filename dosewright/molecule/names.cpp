#include "dosewright/molecule/names.hpp"

namespace dosewright::molecule {

namespace {

constexpr int kLargestPrefix = 99;

constexpr std::array<std::string_view, 10> kUnits = {"",      "hen",  "do",    "tri",  "tetra",
                                                     "penta", "hexa", "hepta", "octa", "nona"};
constexpr std::array<std::string_view, 10> kTens = {
    "",           "deca",      "cosa",       "triaconta", "tetraconta",
    "pentaconta", "hexaconta", "heptaconta", "octaconta", "nonaconta"};

}  // namespace

std::string multiplying_prefix(int n) {
  if (n < 1 || n > kLargestPrefix) return {};
  if (n == 1) return {};
  if (n == 2) return "di";
  if (n < 10) return std::string(kUnits[static_cast<std::size_t>(n)]);
  if (n == 11) return "undeca";
  if (n == 20) return "icosa";
  // "henicosa": the i of icosa stays behind "hen" only.
  const std::string_view joint = n == 21 ? "i" : "";
  return std::string(kUnits[static_cast<std::size_t>(n % 10)]) + std::string(joint) +
         std::string(kTens[static_cast<std::size_t>(n / 10)]);
}

std::optional<int> number_of_prefix(std::string_view prefix) {
  if (prefix == "mono") return 1;
  if (prefix == "eicosa") return 20;
  for (int n = 1; n <= kLargestPrefix; ++n) {
    if (multiplying_prefix(n) == prefix) return n;
  }
  return std::nullopt;
}

std::string normal_name(std::string_view name) {
  std::string normal;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string_view rest = name.substr(i);
    if (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r') continue;
    if (rest.starts_with("\xE2\x80\x99") || rest.starts_with("\xE2\x80\xB2")) {
      normal += '\'';
      i += 2;
    } else if (rest.starts_with("\xE2\x86\x92")) {
      normal += "->";
      i += 2;
    } else {
      normal += rest[0];
    }
  }
  return normal;
}

}  // namespace dosewright::molecule
