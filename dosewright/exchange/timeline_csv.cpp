#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/cells.hpp"
#include "dosewright/exchange/read.hpp"

namespace dosewright::exchange {
namespace {

struct Columns {
  int date, kind, code, value, unit, uln, lln, until, text, site;
};

bool known_cell(std::string_view name) {
  return std::ranges::find(kCellNames, name) != std::end(kCellNames);
}

void check_header(const CsvStream& stream, const std::string& file, FaultList& faults) {
  std::vector<std::string> known(std::begin(kCellNames), std::end(kCellNames));
  for (std::size_t i = 0; i < stream.header().size(); ++i) {
    const std::string& name = stream.header()[i];
    const Place place{file, 1, static_cast<int>(i) + 1};
    if (!known_cell(name)) {
      const std::string near = nearest_name(name, known);
      faults.add(
          {place, "unknown column '" + shown_text(name) + "'",
           near.empty() ? "columns are " + join(known, ", ") : "did you mean '" + near + "'?", ""});
    } else if (stream.column(name) != static_cast<int>(i)) {
      faults.add(
          {place, fmt::format("the column '{}' stands twice", name), "keep one of the two", ""});
    }
  }
  for (const char* needed : {"date", "kind"}) {
    if (stream.column(needed) >= 0) continue;
    faults.add({{file, 1, 0},
                fmt::format("the column '{}' is missing", needed),
                "columns are " + join(known, ", "),
                ""});
  }
}

Columns columns_of(const CsvStream& stream) {
  return {stream.column("date"),  stream.column("kind"),  stream.column("code"),
          stream.column("value"), stream.column("unit"),  stream.column("uln"),
          stream.column("lln"),   stream.column("until"), stream.column("text"),
          stream.column("site")};
}

}  // namespace

void read_csv_rows(CsvStream& stream, const std::string& file, const Sink& sink,
                   std::atomic<std::int64_t>* done, Reading& reading) {
  if (stream.header().empty()) return;
  FaultList faults(reading.faults);
  check_header(stream, file, faults);
  if (!reading.faults.empty()) return;
  const Columns at = columns_of(stream);
  const auto tell = [&](std::string_view cell, const std::string& message,
                        const std::string& hint) {
    faults.add(stream.fault(stream.column(cell), message, hint));
  };
  while (stream.next(faults)) {
    const Cells cells{stream.field(at.date),
                      stream.field(at.kind),
                      stream.field(at.code),
                      stream.field(at.value),
                      stream.field(at.unit),
                      stream.field(at.uln),
                      stream.field(at.lln),
                      stream.field(at.until),
                      stream.field(at.text),
                      stream.field(at.site),
                      tell};
    Entry entry;
    entry.place = stream.place(-1);
    if (!read_cells(cells, entry)) continue;
    ++reading.entries;
    sink(std::move(entry));
    if (done != nullptr) done->store(reading.entries, std::memory_order_relaxed);
  }
}

Reading read_csv_timeline(std::string_view text, const std::string& file, const Sink& sink) {
  Reading reading;
  CsvStream stream = CsvStream::over(text, file, reading.faults);
  read_csv_rows(stream, file, sink, nullptr, reading);
  return reading;
}

}  // namespace dosewright::exchange
