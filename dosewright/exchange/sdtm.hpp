// Rows of SDTM [CDISC-SDTM] as entries: what one row of a domain says about its subject.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "dosewright/exchange/entry.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::exchange {

enum class SdtmDomain : std::uint8_t { kDm, kLb, kEx, kAe, kCm, kDs, kDeath };

// kDeath: what a row of DM says of a death. It is apart, because DS says it too.

// Where a row leaves what is no entry: what it has no meaning for is counted, faults are told.
struct SdtmRest {
  std::map<std::string, std::int64_t>& passed_over;
  FaultList& faults;
};

// Hands on the entries of a row, in order of time: none, one, or one for each dose where a row of
// EX spans several days and its EXDOSFRQ says how often in them.
void read_sdtm_row(SdtmDomain domain, const TableRow& row, const Sink& sink, SdtmRest rest);

// The time from one dose to the next by a term of EXDOSFRQ ("QD", "BID", "QW"); 0: not known, or
// not at equal distances.
Minutes dosing_interval(std::string_view frequency);

}  // namespace dosewright::exchange
