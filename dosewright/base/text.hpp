// Small text helpers that every floor needs.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dosewright {

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string join(std::span<const std::string> parts, std::string_view separator);

// The known name that is nearest to a mistyped one (edit distance, at most a third of its length;
// upper and lower case are alike), or "" where none is near. Ties: the longest common start.
std::string nearest_name(std::string_view name, std::span<const std::string> known);

// The shortest text that reads back as the same double.
std::string number_text(double value);
// Rounded to significant digits (1 to 17), no exponent from 1e-4 to below 1e10, no trailing zeros.
std::string number_text(double value, int digits);

// The offset of the first byte that is not part of well-formed UTF-8 [RFC3629], or npos.
std::size_t first_invalid_utf8(std::string_view text);

// Text from outside as a message may show it: one line, control characters and broken UTF-8 as '?',
// tabs as spaces, cut to so many characters with "..." after them.
std::string shown_text(std::string_view text, std::size_t longest = 60);

// The given line, and a caret below its column: for Fault::quote. line and column count from 1,
// columns in characters (UTF-8 code points). Long lines are cut around the caret to 100 columns;
// tabs become spaces; control characters and broken UTF-8 become '?'. Column 0: no caret.
// "" where there is no such line.
std::string quote_with_caret(std::string_view text, int line, int column);

}  // namespace dosewright
