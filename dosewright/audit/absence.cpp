#include "dosewright/audit/absence.hpp"

#include <algorithm>

namespace dosewright::audit {

void Absences::add(const std::vector<Lack>& lacks) {
  std::set<int> told;
  for (const Lack& lack : lacks) {
    Count& count = counts_[lack.analyte];
    count.subjects += told.insert(lack.analyte).second ? 1 : 0;
    count.times += lack.times;
    count.rules.insert(lack.rule);
  }
}

std::vector<Absence> Absences::take(const protocol::Protocol& protocol,
                                    std::uint64_t absent) const {
  std::vector<Absence> list;
  const auto& codes = protocol.vocabulary.analytes;
  for (std::size_t analyte = 0; analyte < codes.size(); ++analyte) {
    if ((absent >> analyte & 1) == 0) continue;
    Absence& one = list.emplace_back();
    one.test = codes[analyte].code;
    one.title = codes[analyte].title;
    const auto found = counts_.find(static_cast<int>(analyte));
    if (found == counts_.end()) continue;
    one.subjects = found->second.subjects;
    one.times = found->second.times;
    one.rules.assign(found->second.rules.begin(), found->second.rules.end());
  }
  std::ranges::stable_sort(list, std::greater<>(), &Absence::subjects);
  return list;
}

}  // namespace dosewright::audit
