#include "dosewright/base/result.hpp"

#include <fmt/format.h>

#include "dosewright/base/text.hpp"

namespace dosewright {

std::string to_text(const Place& place) {
  const bool with_file = !place.file.empty();
  std::string text = place.file;
  if (place.line > 0) {
    text += with_file ? fmt::format(":{}", place.line) : fmt::format("line {}", place.line);
  }
  if (place.column <= 0) return text;
  if (with_file) {
    // A column without a line would read as a line.
    return place.line > 0 ? text + fmt::format(":{}", place.column) : text;
  }
  return text + fmt::format("{}column {}", text.empty() ? "" : ", ", place.column);
}

std::string to_text(const Fault& fault) {
  std::string text = fault.message;
  if (const std::string place = to_text(fault.place); !place.empty()) text += " (" + place + ")";
  if (!fault.quote.empty()) {
    for (const std::string_view line : split(fault.quote, '\n')) {
      text += "\n    ";
      text += line;
    }
  }
  if (!fault.hint.empty()) text += "\n  hint: " + fault.hint;
  return text;
}

std::string to_text(const Faults& faults) {
  std::string text;
  for (const Fault& fault : faults) text += to_text(fault) + "\n";
  return text + fmt::format("{} {}", faults.size(), faults.size() == 1 ? "fault" : "faults");
}

}  // namespace dosewright
