// A table of a study, row by row, from CSV or from a SAS transport file (XPT, version 5 or 8), told
// apart by content. Memory does not grow with the file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {

// One row while it is visited. Numbers of XPT are texts that read back as the same number; a
// missing value is "".
struct TableRow {
  std::string file;
  int number = 0;  // CSV: the line of the file; XPT: the row, from 1
  std::vector<std::string> names;
  std::vector<std::string> fields;  // parallel to names, trimmed

  int column(std::string_view name) const;  // -1: no such column; upper and lower case are alike
  std::string_view field(std::string_view name) const;  // "" where there is no such column
  Place place() const { return {file, number, 0}; }
  Fault fault(std::string_view name, std::string_view message, std::string hint) const;
};

// `start` sees the names of the columns before the first row, and may refuse the table by false.
struct TableVisitor {
  std::function<bool(const TableRow& names, FaultList& faults)> start;
  std::function<void(const TableRow& row, FaultList& faults)> row;
  const std::atomic<bool>* stop = nullptr;  // once true, the rest of the table is not read

  bool stopped() const { return stop != nullptr && stop->load(std::memory_order_relaxed); }
};

void read_table(const std::string& path, const TableVisitor& visitor, FaultList& faults);

// The same for a file that is known to be SAS transport; xpt.cpp.
bool is_xpt(const std::string& path);
void read_xpt(const std::string& path, const TableVisitor& visitor, FaultList& faults);

}  // namespace dosewright::exchange
