// The characters of UTF-8 text, one at a time. Private to the module.
#pragma once

#include <cstddef>
#include <string_view>

namespace dosewright {

// The length of the well-formed sequence at the start of text, or 0. [RFC3629, sec. 4]
inline std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, UTF-16 surrogates and code points above U+10FFFF are not characters.
  if (lead == 0xE0 && byte(1) < 0xA0) return 0;
  if (lead == 0xED && byte(1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(1) < 0x90) return 0;
  if (lead == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

// C0, DEL or C1; text begins with a well-formed sequence.
inline bool is_control(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const bool c1 = byte(0) == 0xC2 && byte(1) < 0xA0;
  return byte(0) < 0x20 || byte(0) == 0x7F || c1;
}

}  // namespace dosewright
