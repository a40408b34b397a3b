// A fact in thought: the text of --what-if as an entry of a file.
#pragma once

#include <string>

#include "dosewright/decide/vocabulary.hpp"

namespace dosewright::decide {

// WHAT@DATE or WHAT=HOW@DATE; WHAT is a test, a fact, a medicine or the programme's drug, by name
// or by a code as in "RxNorm:161". HOW is
//   of a test          "150 U/L", or "5 ULN"; the limit of normal is left to the caller
//   of a fact          "yes" (also when left out), "no", "grade 2", or a quantity with its unit
//   of a medicine      "1 g" for that day alone, "4.5 g/d" or "4.5 g/d 3 d/wk" from that day on,
//                      or nothing, which is regular use of an amount that is not said
//   of the drug        "200 mg", or "missed"; "dose" and "missed" do for its name
// A name that means nothing here is a medicine where an amount stands with it. Faults show the form
// that would be understood.
Result<exchange::Entry> read_what_if(const programme::Programme& programme, const Meaning& meaning,
                                     const std::string& text);

}  // namespace dosewright::decide
