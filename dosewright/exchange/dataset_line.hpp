// One line of a table, and the numbers in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dosewright::exchange {

struct Cell {
  std::string text;  // without quotes and blanks around it
  int column = 0;    // of its first character in the line, from 1
};

struct LineFault {
  int column = 0;
  std::string message, hint;
};

/// Splits at commas, at tabs, or with ' ' at runs of blanks and tabs. A field in double quotes may
/// hold the separator and doubled quotes, not line ends.
std::optional<LineFault> split_line(std::string_view line, std::vector<Cell>& cells,
                                    char separator = ',');

/// What a header separates its names with: commas, else tabs, else blanks.
char separator_of(std::string_view header);

/// "", ".", "NA": nothing is known.
bool is_missing(std::string_view text);

/// A finite decimal number; "1D3" and "+1" as Fortran writes them. Nothing for any other text.
std::optional<double> to_number(std::string_view text);

}  // namespace dosewright::exchange
