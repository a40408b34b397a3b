// A JSON text walked from its top: one object, and the items of one of its lists one at a time, so
// that a large Bundle is never built whole. Nesting is bounded before anything is parsed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {

inline constexpr int kDeepestJson = 64;
inline constexpr std::size_t kLargestJson = std::size_t{200} << 20;  // bytes of a file

struct JsonVisitor {
  // A member of the top object that is not the list: its key and its text.
  std::function<void(const std::string& key, std::string_view text, std::size_t offset)> member;
  // Item `index` of the list.
  std::function<void(std::size_t index, std::string_view text, std::size_t offset)> item;
};

// `list`: the key whose array is walked. Stops at the first fault of structure.
void walk_json(std::string_view text, const std::string& file, const std::string& list,
               const JsonVisitor& visitor, FaultList& faults);

Place place_of(std::string_view text, std::size_t offset, const std::string& file);

// The file's bytes; a fault where it cannot be read or is larger than kLargestJson.
Result<std::string> read_json_file(const std::string& path);

}  // namespace dosewright::exchange
