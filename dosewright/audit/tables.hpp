// What an audit found, as files. Format: docs/audit.md.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "dosewright/audit/audit.hpp"

namespace dosewright::audit {

inline constexpr const char* kDisclaimer =
    "For research. Not a medical device: not for decisions about the care of a person.";

// Tables by RFC 4180, except for their first line: "# " and the disclaimer.
// Of deviations.csv one subject's rows at a time go to `put`, which says whether it took them.
using Put = std::function<bool(std::string_view)>;
bool write_deviations_csv(const Audit& audit, const Put& put);
std::string deviations_csv(const Audit& audit);  // the same as one text
std::string subjects_csv(const Audit& audit);
std::string candidates_csv(const Audit& audit);
std::string study_csv(const Audit& audit);  // what is said of the study as a whole

// Why subjects are not judged, without the rows, and how many each reason stops.
std::map<std::string, std::int64_t> reasons_of(const Audit& audit);
// Why nothing is said about Hy's law; "" where it is judged. Silence must not look like an answer.
std::string no_hys_law(const Audit& audit);

std::string summary_json(const Audit& audit);
std::string summary_text(const Audit& audit);  // for a terminal, at most 120 columns wide
std::string audit_html(const Audit& audit);    // one page that needs nothing else

// By severity: candidates first, then those that pass both limits of Hy's law, then one of them;
// the higher product of the peaks first. Only those that pass a limit.
std::vector<const Subject*> worrying(const Audit& audit);

}  // namespace dosewright::audit
