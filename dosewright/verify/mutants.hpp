// Does the proof bite? A protocol file with one thing wrong must be refused by its own cases or by
// verify.
//
// Mutants are texts of the file: a threshold a hundredth up or down (a time: a day), a comparison
// made strict or not, or turned round, a transition left out, whole or for one of its states. They
// are read by the parser that reads every protocol, so that what catches them is what would catch
// an author's slip.
#pragma once

#include <string>
#include <vector>

#include "dosewright/verify/verify.hpp"

namespace dosewright::verify {

struct Mutant {
  std::string rule;    // "hepatic.confirm"
  std::string change;  // "3 ULN -> 3.03 ULN"
  std::string text;    // the whole file
};
std::vector<Mutant> mutants_of(const std::string& text);

struct Verdict {
  std::string rule, change;
  bool by_case = false;   // its own cases refuse it, or the parser does
  bool by_proof = false;  // verify does, without the cases
  std::string proof;      // which claim
};

// `ask_proof_always`: also where the cases have caught it already.
std::vector<Verdict> judge_mutants(const std::string& text,
                                   const protocol::Surroundings& surroundings,
                                   const Options& options, bool ask_proof_always);

}  // namespace dosewright::verify
