// The tables of Radau IIA collocation, made once from the Legendre polynomials by plain arithmetic.
#pragma once

#include "dosewright/sim/collocate_kernel.hpp"

namespace dosewright::sim {

/// kStages nodes in (0, 1], the roots of P_s(2u - 1) = P_(s-1)(2u - 1) [Hairer1996, IV.5].
const CollocationTable& collocation();

}  // namespace dosewright::sim
