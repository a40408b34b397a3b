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

// Units that laboratories write and UCUM does not.
std::string ucum_code(const std::string& unit);

// A reading in the canonical unit of the test; amount and mass are exchanged by its molar mass.
Result<double> canonical_reading(const protocol::Analyte& analyte, double value,
                                 const std::string& unit);

}  // namespace dosewright::decide
