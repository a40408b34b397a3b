// `programme diff`: patients for whom two protocols decide differently, found by the solver over
// both at once and confirmed by executing both.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dosewright/protocol/protocol.hpp"
#include "dosewright/verify/patient.hpp"
#include "dosewright/verify/verify.hpp"

namespace dosewright::verify {

// One kind of difference with its smallest patient.
struct Difference {
  std::string kind;  // "only the first lets a dose through", "tests are due at other times"
  std::string first, second;  // what each decides, in words
  std::string first_story, second_story;
  Patient patient;
};

struct DiffReport {
  std::vector<Difference> differences;
  int visits = 0;         // all stories of up to so many visits were searched
  bool complete = false;  // no further kind exists within that
  bool disputed = false;  // the executors agreed on a patient where the solver saw a difference
  bool interrupted = false;
};

DiffReport diff(const protocol::Protocol& first, const protocol::Protocol& second,
                const Options& options, int most_examples);

}  // namespace dosewright::verify
