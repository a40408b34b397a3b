// EXPECT_ERROR: cannot convert|no viable conversion|could not convert
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

double number() {
  double x = mg(100);
  return x;
}

}  // namespace dosewright
