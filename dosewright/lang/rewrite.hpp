// What check_guard does to a tree that has passed the checks.
#pragma once

#include "dosewright/lang/infer.hpp"

namespace dosewright::lang {

// Multiples of ULN: each analyte becomes itself divided by its limit, a kDivide whose unit is ULN.
// max/min in an ordering become or/and. Faults: a comparison that falls into more than 64 parts.
Expression rewrite_guard(Expression guard, const Scope& scope, Faults& faults);

}  // namespace dosewright::lang
