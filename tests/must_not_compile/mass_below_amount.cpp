// EXPECT_ERROR: no match for operator<|invalid operands to binary expression
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

bool below() {
  return mg(1) < mmol(1);
}

}  // namespace dosewright
