// Bytes from outside through the readers of evidence: CSV, trials.csv, individuals.csv.
//
// Besides not crashing: every row that is kept has as many fields as the header and holds what the
// columns promise, and the number of faults is bounded.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/csv.hpp"
#include "dosewright/programme/evidence.hpp"

namespace dosewright::programme {
namespace {

void check_faults(const Faults& faults) {
  for (const Fault& fault : faults) {
    DW_CHECK(!fault.message.empty());
    DW_CHECK(fault.place.file == "input.csv");
  }
}

void read_table(std::string_view text) {
  const CsvTable table = read_csv(text, "input.csv");
  check_faults(table.faults);
  DW_CHECK(table.faults.size() <= kMostCsvFaults + 1);
  int last = 0;
  for (const CsvRow& row : table.rows) {
    DW_CHECK(row.fields.size() == table.header.size());
    DW_CHECK(row.number > last);
    last = row.number;
  }
}

void read_rows(std::string_view text) {
  const std::vector<std::string> sources = {"Key1", "Key2"};
  const Evidence evidence = read_evidence(text, "input.csv", sources);
  check_faults(evidence.faults);
  for (const EvidenceRow& row : evidence.rows) {
    DW_CHECK(!row.id.empty() && !row.trial.empty() && !row.value.empty());
    DW_CHECK(find_row(evidence.rows, row.id) == &row);
    DW_CHECK(row.ci95_lo.has_value() == row.ci95_hi.has_value());
    DW_CHECK(!row.ci95_lo || *row.ci95_lo <= *row.ci95_hi);
  }
}

}  // namespace
}  // namespace dosewright::programme

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      dosewright::programme::read_table(text);
      break;
    case 1:
      dosewright::programme::read_rows(text);
      break;
    default:
      dosewright::programme::read_individuals(text, "input.csv", {});
  }
  return 0;
}
