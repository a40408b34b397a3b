// Bytes from outside as tables of SDTM: the rows of each domain as entries.
//
// Besides not crashing: faults are bounded and say something, a row of EX gives a bounded number of
// doses in order of time, every reading has a value.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/exchange/csv_stream.hpp"
#include "dosewright/exchange/sdtm.hpp"

namespace dosewright::exchange {
namespace {

constexpr SdtmDomain kDomains[] = {SdtmDomain::kDm,   SdtmDomain::kLb, SdtmDomain::kEx,
                                   SdtmDomain::kAe,   SdtmDomain::kCm, SdtmDomain::kDs,
                                   SdtmDomain::kDeath};

void read_row(SdtmDomain domain, const TableRow& row, FaultList& faults) {
  std::map<std::string, std::int64_t> passed_over;
  std::int64_t entries = 0;
  Minutes last = INT64_MIN;
  const Sink sink = [&](Entry&& entry) {
    ++entries;
    if (entry.value) DW_CHECK(std::isfinite(*entry.value));
    if (domain == SdtmDomain::kLb) DW_CHECK(entry.value.has_value());
    if (domain == SdtmDomain::kEx) DW_CHECK(entry.at > last);
    last = entry.at;
  };
  read_sdtm_row(domain, row, sink, {passed_over, faults});
  DW_CHECK(entries <= 100'001);
}

void read(SdtmDomain domain, std::string_view text) {
  Faults told;
  {
    FaultList faults(told);
    Faults of_header;
    CsvStream stream = CsvStream::over(text, "in.csv", of_header);
    TableRow row;
    row.names = stream.header();
    row.fields.resize(row.names.size());
    while (stream.next(faults)) {
      for (std::size_t i = 0; i < row.fields.size(); ++i) {
        row.fields[i] = stream.field(static_cast<int>(i));
      }
      read_row(domain, row, faults);
    }
  }
  DW_CHECK(told.size() <= kMostFaults + 1);
  for (const Fault& fault : told) DW_CHECK(!fault.message.empty());
}

}  // namespace
}  // namespace dosewright::exchange

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  // The last two came later: kept inputs below 240 mean what they meant before.
  const int domain = data[0] < 240 ? data[0] % 5 : 5 + data[0] % 2;
  dosewright::exchange::read(dosewright::exchange::kDomains[domain], text);
  return 0;
}
