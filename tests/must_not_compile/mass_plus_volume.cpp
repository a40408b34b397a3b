// EXPECT_ERROR: no match for operator[+]|invalid operands to binary expression
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

auto sum() {
  return mg(1) + litre(1);
}

}  // namespace dosewright
