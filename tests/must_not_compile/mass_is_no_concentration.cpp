// EXPECT_ERROR: (conversion from|could not convert)|no viable conversion
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

Concentration concentration() {
  Concentration d = mg(100);
  return d;
}

}  // namespace dosewright
