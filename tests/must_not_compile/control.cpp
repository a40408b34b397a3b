// MUST_COMPILE
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

Concentration concentration() {
  return mg(100) / litre(20);
}
Mass sum() {
  return mg(1) + gram(1);
}
bool later() {
  return day(1) < week(1);
}
double ratio() {
  return mg(3) / mg(2);
}
PatientId patient() {
  return PatientId(7);
}
bool same(PatientId a, PatientId b) {
  return a == b;
}

}  // namespace dosewright
