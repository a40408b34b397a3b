#include "dosewright/base/markup.hpp"

#include <algorithm>

#include "dosewright/base/utf8.hpp"

namespace dosewright {
namespace {

// What stands in HTML or XML for the character at the start of text, which is so many bytes long;
// "" where it stands for itself.
std::string_view entity_of(std::string_view text, std::size_t length) {
  constexpr std::string_view kReplaced = "\xEF\xBF\xBD";  // U+FFFD
  if (length == 0) return kReplaced;
  switch (text[0]) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\t':
    case '\n':
    case '\r':
      return {};
    default:
      break;
  }
  const std::string_view character = text.substr(0, length);
  const bool not_one = character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
  return not_one || is_control(character) ? kReplaced : std::string_view();
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view entity = entity_of(text, length);
    const std::size_t taken = std::max<std::size_t>(length, 1);
    out += entity.empty() ? text.substr(0, taken) : entity;
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace dosewright
