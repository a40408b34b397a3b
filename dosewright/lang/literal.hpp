// The unit that follows a number, as the opening of syntax.hpp says.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "dosewright/base/result.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright::lang {

struct UnitScan {
  std::size_t blanks = 0;      // before the unit
  std::size_t length = 0;      // of its code; 0: no unit follows, and no blanks are taken
  Unit unit;                   // "1" where none follows or it is faulty
  std::optional<Fault> fault;  // message and hint only
};

// `number` is the text of the number, `rest` all that follows it.
UnitScan scan_unit(std::string_view number, std::string_view rest);

}  // namespace dosewright::lang
