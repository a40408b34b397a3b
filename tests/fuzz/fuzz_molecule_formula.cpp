// Any bytes as a molecular formula. What is read has no negative or empty count, and its Hill text
// reads back as the same formula; every fault says where and what.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/molecule/formula.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dosewright;
  using namespace dosewright::molecule;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto formula = parse_formula(text);
  if (!formula.ok()) {
    for (const Fault& fault : formula.faults()) {
      DW_CHECK(!fault.message.empty() && fault.place.column >= 1);
    }
    return 0;
  }
  DW_CHECK(!formula->empty() && !formula->has_negative());
  const auto again = parse_formula(to_text(*formula));
  DW_CHECK(again.ok() && *again == *formula);
  return 0;
}
