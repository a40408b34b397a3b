// Which test, fact or drug a code or a name of a file means.
#pragma once

#include "dosewright/decide/patient.hpp"

namespace dosewright::decide {

class Meaning {
 public:
  explicit Meaning(const programme::Programme& programme);

  int analyte(const std::vector<exchange::Code>& codes) const;  // -1: none
  int word(const std::vector<exchange::Code>& codes) const;     // -1: none
  bool own_drug(const std::vector<exchange::Code>& codes) const;
  const Words& words() const { return words_; }
  const programme::FactWord* fact(int word) const;  // nullptr: a bare sign

  std::string near_test(const std::string& name) const;
  std::string near_fact(const std::string& name) const;
  std::string near_own_drug(const std::string& name) const;

 private:
  const programme::Programme& programme_;
  Words words_;
};

// The site of the programme that a code or name means, with its side; Spot::kNotSaid where none
// does, or where two of them mean two places. Of words, only a site's whole title or term counts,
// with "left" or "right" beside it.
Spot site_of(const programme::Programme& programme, const std::vector<exchange::Code>& said);
std::string site_text(const programme::Programme& programme, Spot spot);  // "left thigh"; listed

// Where a fact holds, after one more word on it. Over without a place: nowhere any more. Over at
// one place: what nobody said the place of goes on.
void set_place(std::vector<Known>& places, const Known& known);

// Units that laboratories write and UCUM does not.
std::string ucum_code(const std::string& unit);

// A reading in the canonical unit of the test; amount and mass are exchanged by its molar mass.
Result<double> canonical_reading(const protocol::Analyte& analyte, double value,
                                 const std::string& unit);

// A name on the command line that the programme does not have, and the one that may be meant.
Fault unknown_name(const std::string& option, const std::string& name,
                   const std::vector<std::string>& known);

}  // namespace dosewright::decide
