// Comma-separated values by RFC 4180: read whole, with the place of every field; and written.
//
// A broken row is left out and reported; the rest is kept. A quoted field may hold commas, doubled
// quotes and line ends. Lines end in LF or CRLF; a byte order mark at the start is skipped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"

namespace dosewright {

struct CsvField {
  std::string text;
  int line = 0;
  int column = 0;  // in characters, from 1
};

struct CsvRow {
  int number = 0;                // 1 is the first row after the header
  std::vector<CsvField> fields;  // as many as the header has
};

struct CsvTable {
  std::string file;
  std::string text;  // as read, for quoting the line of a fault
  std::vector<std::string> header;
  std::vector<CsvRow> rows;
  Faults faults;
  std::vector<std::string> broken_keys;  // first fields of the rows that were left out

  // A fault with the line that it stands in. line 0: about the whole file.
  Fault fault(int line, int column, std::string message, std::string hint) const;
};

inline constexpr std::size_t kMostCsvFaults =
    200;  // then one more that says how many were left out

CsvTable read_csv(std::string_view text, const std::string& file);

// A field as it is written: in quotes where it holds a comma, a quote or a line end, or where a
// blank stands at its ends, which readers trim.
void append_csv_field(std::string& out, std::string_view text);
std::string csv_field(std::string_view text);

}  // namespace dosewright
