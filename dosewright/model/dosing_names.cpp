#include "dosewright/model/dosing_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace dosewright::model {
namespace {

constexpr std::array<std::string_view, kDosingItems> kPrefixes = {"F", "ALAG", "R", "D"};

// "1" or "_DEPOT"; -1: neither.
int compartment_of(std::string_view suffix, std::span<const std::string> states) {
  if (suffix.starts_with('_')) {
    const auto found = std::ranges::find(states, suffix.substr(1));
    return found == states.end() ? -1 : static_cast<int>(found - states.begin());
  }
  int number = 0;
  const char* const begin = suffix.data();
  const char* const end = begin + suffix.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  const bool whole = error == std::errc{} && stop == end && !suffix.starts_with('0');
  return whole && number >= 1 && number <= static_cast<int>(states.size()) ? number - 1 : -1;
}

}  // namespace

std::optional<DosingName> dosing_name(std::string_view name, std::span<const std::string> states) {
  for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
    if (!name.starts_with(kPrefixes[i])) continue;
    const int compartment = compartment_of(name.substr(kPrefixes[i].size()), states);
    if (compartment >= 0) return DosingName{static_cast<DosingItem>(i), compartment};
  }
  return std::nullopt;
}

std::string to_text(const DosingName& name) {
  return std::string(kPrefixes[static_cast<std::size_t>(name.item)]) +
         std::to_string(name.compartment + 1);
}

}  // namespace dosewright::model
