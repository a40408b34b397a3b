// EXPECT_ERROR: no matching (function|conversion)
#include "dosewright/base/id.hpp"

#include "dosewright/base/quantity.hpp"

namespace dosewright {

using VisitId = Id<struct VisitTag>;
PatientId patient(VisitId visit) {
  return PatientId(visit);
}

}  // namespace dosewright
