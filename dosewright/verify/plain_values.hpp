// Readings that a person would pick for an example.
#pragma once

#include "dosewright/verify/model.hpp"

namespace dosewright::verify {

// For one word of the model, in its own measure (multiples of the limit where it has one): an
// ordinary value, then each threshold that some rule compares it with, and values beside it; where
// a rule compares it with a multiple of its baseline, a round reading and values beside that.
std::vector<double> plain_values(const Model& model, std::size_t word);

// What the rules compare the test with, ascending; multiples of ULN where it has one.
std::vector<double> thresholds_of(const Model& model, std::size_t word);

}  // namespace dosewright::verify
