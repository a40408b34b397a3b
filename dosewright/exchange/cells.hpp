// One entry of our own formats as named cells: the same for a row of CSV and an object of JSON.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {

// The columns of the CSV format and the keys of the JSON format.
inline constexpr std::string_view kCellNames[] = {"date", "kind", "code",  "value", "unit",
                                                  "uln",  "lln",  "until", "text",  "site"};

struct Cells {
  std::string_view date, kind, code, value, unit, uln, lln, until, text, site;
  // Tells a fault in the named cell.
  std::function<void(std::string_view cell, const std::string& message, const std::string& hint)>
      fault;
};

// "ALT", "LOINC:1742-6", "RxNorm:161"
Code code_of(std::string_view text);

// Builds the entry; false where it is faulty (then told). place and pointer are the caller's.
bool read_cells(const Cells& cells, Entry& entry);

}  // namespace dosewright::exchange
