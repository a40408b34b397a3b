// The tables of Radau IIA collocation and of curves, made once from Legendre and Chebyshev
// polynomials by plain arithmetic.
#pragma once

#include "dosewright/sim/collocate_kernel.hpp"
#include "dosewright/sim/curve_kernel.hpp"

namespace dosewright::sim {

/// kStages nodes in (0, 1], the roots of P_s(2u - 1) = P_(s-1)(2u - 1) [Hairer1996, IV.5]; parts
/// that each are kGrowth times as long as the one before, the first of them kFirstPart.
const CollocationTable& collocation();

/// Polynomials through the roots of a Chebyshev polynomial.
const CurveTable<kClockPoints>& clock_curve();
const CurveTable<kStatePoints>& state_curve();

}  // namespace dosewright::sim
