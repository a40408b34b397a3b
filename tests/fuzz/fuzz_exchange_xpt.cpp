// Bytes from outside as a SAS transport file, by way of a file that lies in memory only.
//
// Besides not crashing: faults are bounded and say something, a row has a field for each name, and
// every field is UTF-8.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::exchange {
namespace {

void read(const std::string& path) {
  Faults told;
  {
    FaultList faults(told);
    TableVisitor visitor;
    visitor.start = [](const TableRow& names, FaultList&) { return !names.names.empty(); };
    visitor.row = [](const TableRow& row, FaultList&) {
      DW_CHECK(row.fields.size() == row.names.size());
      for (const std::string& field : row.fields) {
        DW_CHECK(first_invalid_utf8(field) == std::string::npos);
      }
    };
    read_xpt(path, visitor, faults);
  }
  DW_CHECK(told.size() <= kMostFaults + 1);
  for (const Fault& fault : told) DW_CHECK(!fault.message.empty());
}

}  // namespace
}  // namespace dosewright::exchange

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const int file = memfd_create("fuzz", 0);
  if (file < 0) return 0;
  if (write(file, data, size) == static_cast<ssize_t>(size)) {
    dosewright::exchange::read("/proc/self/fd/" + std::to_string(file));
  }
  close(file);
  return 0;
}
