// The numbers behind normal_quantile() of random.hpp, for its scalar and its vector form.
#pragma once

#include <array>
#include <cstddef>

namespace dosewright::quantile {

// ln 2 in two parts; the first has 32 trailing zero bits, so that k * kLn2High is exact.
inline constexpr double kLn2High = 0x1.62e42feep-1;
inline constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

// [Wichura1988], algorithm AS 241, function PPND16: rational approximations for the middle
// (a, b), the tail (c, d) and the far tail (e, f), lowest power first.
inline constexpr std::array<double, 8> kA = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                             1.9715909503065514427e3, 1.3731693765509461125e4,
                                             4.5921953931549871457e4, 6.7265770927008700853e4,
                                             3.3430575583588128105e4, 2.5090809287301226727e3};
inline constexpr std::array<double, 8> kB = {1.0,
                                             4.2313330701600911252e1,
                                             6.8718700749205790830e2,
                                             5.3941960214247511077e3,
                                             2.1213794301586595867e4,
                                             3.9307895800092710610e4,
                                             2.8729085735721942674e4,
                                             5.2264952788528545610e3};
inline constexpr std::array<double, 8> kC = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                             5.76949722146069140550e0,  3.64784832476320460504e0,
                                             1.27045825245236838258e0,  2.41780725177450611770e-1,
                                             2.27238449892691845833e-2, 7.74545014278341407640e-4};
inline constexpr std::array<double, 8> kD = {1.0,
                                             2.05319162663775882187e0,
                                             1.67638483018380384940e0,
                                             6.89767334985100004550e-1,
                                             1.48103976427480074590e-1,
                                             1.51986665636164571966e-2,
                                             5.47593808499534494600e-4,
                                             1.05075007164441684324e-9};
inline constexpr std::array<double, 8> kE = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                             1.78482653991729133580e0,  2.96560571828504891230e-1,
                                             2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                             2.71155556874348757815e-5, 2.01033439929228813265e-7};
inline constexpr std::array<double, 8> kF = {1.0,
                                             5.99832206555887937690e-1,
                                             1.36929880922735805310e-1,
                                             1.48753612908506148525e-2,
                                             7.86869131145613259100e-4,
                                             1.84631831751005468180e-5,
                                             1.42151175831644588870e-7,
                                             2.04426310338993978564e-15};

// The middle reaches to this distance from 1/2, the near tail to this root of -log(p).
inline constexpr double kMiddle = 0.425, kMiddleSquare = 0.180625;
inline constexpr double kNearTail = 5, kNearShift = 1.6;

// 1/23, 1/21, ... 1/3: of the series of atanh.
inline constexpr std::array<double, 11> kOdd = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17,
                                                1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9,
                                                1.0 / 7,  1.0 / 5,  1.0 / 3};

template <class V>
V polynomial(const std::array<double, 8>& coefficient, V x) {
  V sum = coefficient[7] * x + coefficient[6];
  for (std::size_t i = 6; i-- > 0;) sum = sum * x + coefficient[i];
  return sum;
}

}  // namespace dosewright::quantile
