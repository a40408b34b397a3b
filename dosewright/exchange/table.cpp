#include "dosewright/exchange/table.hpp"

#include <algorithm>
#include <cctype>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/csv_stream.hpp"

namespace dosewright::exchange {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::toupper(static_cast<unsigned char>(x)) ==
           std::toupper(static_cast<unsigned char>(y));
  });
}

void read_csv_table(const std::string& path, const TableVisitor& visitor, FaultList& faults) {
  Faults found;
  Result<CsvStream> stream = CsvStream::open(path, found);
  if (!stream.ok()) found.merge(stream.faults());
  for (const Fault& fault : found) faults.add(fault);
  if (!stream.ok() || !found.empty()) return;
  TableRow row;
  row.file = path;
  row.number = 1;
  row.names = stream->header();
  row.fields.resize(row.names.size());
  if (!visitor.start(row, faults)) return;
  while (!visitor.stopped() && stream->next(faults)) {
    row.number = stream->place(-1).line;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      row.fields[i] = stream->field(static_cast<int>(i));
    }
    visitor.row(row, faults);
  }
}

}  // namespace

int TableRow::column(std::string_view name) const {
  // Asked for each cell of each row: names are nearly always written as they are asked for.
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::string_view(names[i]) == name) return static_cast<int>(i);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (same_name(names[i], name)) return static_cast<int>(i);
  }
  return -1;
}

std::string_view TableRow::field(std::string_view name) const {
  const int at = column(name);
  return at < 0 ? std::string_view() : std::string_view(fields[static_cast<std::size_t>(at)]);
}

Fault TableRow::fault(std::string_view name, std::string_view message, std::string hint) const {
  return {{file, number, column(name) + 1},
          "column '" + shown_text(name) + "': " + std::string(message),
          std::move(hint),
          ""};
}

void read_table(const std::string& path, const TableVisitor& visitor, FaultList& faults) {
  is_xpt(path) ? read_xpt(path, visitor, faults) : read_csv_table(path, visitor, faults);
}

}  // namespace dosewright::exchange
