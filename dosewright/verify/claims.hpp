// The claims about one protocol, each as what must not (or must) be reached and as the question
// that the executor is asked about the patient whom the solver finds.
#pragma once

#include <functional>
#include <vector>

#include "dosewright/verify/prover.hpp"
#include "dosewright/verify/verify.hpp"

namespace dosewright::verify {

struct Claim {
  Finding finding;                               // all but its outcome
  Bad bad;                                       // as the model sees it
  std::function<bool(const Replay&)> confirmed;  // as the executor sees it
  Bad stronger;         // proved first where it can be: it implies the claim; may be empty
  bool wanted = false;  // reaching it is what is claimed
};

// About the region that is part 0 of the model.
std::vector<Claim> claims_about_region(const Model& model, bool reachability);

// About one invariant. `part`: prove it by this region alone; -1: by all of the model's together.
Claim claim_about_invariant(const Model& model, const protocol::Protocol& protocol,
                            const protocol::Invariant& invariant, int part);

}  // namespace dosewright::verify
