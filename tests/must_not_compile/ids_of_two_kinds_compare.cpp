// EXPECT_ERROR: no match for operator==|invalid operands to binary expression
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

using VisitId = Id<struct VisitTag>;
bool same(PatientId a, VisitId b) {
  return a == b;
}

}  // namespace dosewright
