// Tests that the protocol asks for and that the study never measured, nobody of it.
//
// Problem: such a test is late for every subject and on every date, and that one fact about the
// study buries what was done otherwise to its subjects. Idea: a subject who owed such a test is
// walked a second time with it waived, so that the rest of its panels is still judged; who owed it,
// how often and by which rule is added up here. The rules themselves are not touched: they go on
// seeing a test that was never read. Private to the module.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dosewright/audit/audit.hpp"
#include "dosewright/audit/walk.hpp"

namespace dosewright::audit {

class Absences {
 public:
  // What one subject owed of tests that nobody was measured for.
  void add(const std::vector<Lack>& lacks);
  // One a test of `absent`, those that most subjects owed first.
  std::vector<Absence> take(const protocol::Protocol& protocol, std::uint64_t absent) const;

 private:
  struct Count {
    std::int64_t subjects = 0, times = 0;
    std::set<std::string> rules;
  };
  std::map<int, Count> counts_;  // by test
};

}  // namespace dosewright::audit
