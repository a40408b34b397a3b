// What a search found, for people and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "dosewright/refine/race.hpp"

namespace dosewright::refine {

inline constexpr const char* kDisclaimer =
    "For research. Not a medical device. Simulated patients; do not use for the care of a person.";

struct SearchFacts {
  const programme::Programme* programme = nullptr;
  std::string version;  // of dosewright
  std::uint64_t seed = 0;
};

// "carried", "dropped: 200 mg every 1 wk is better", ...
std::string fate_text(const Search& search, const Found& found, const Candidate& candidate);
// "clear", "within noise of '100 mg QW'", "as good as '100 mg QW'"; "" where it is neither on the
// front nor near it.
std::string front_text(const Found& found, const Candidate& candidate);

// Tables by RFC 4180, except for their first line: "# " and the disclaimer.
std::string pareto_csv(const Search& search, const Found& found);      // the best, best first
std::string candidates_csv(const Search& search, const Found& found);  // all that was simulated

nlohmann::json summary_json(const Search& search, const Found& found, const SearchFacts& facts);

// At most 120 columns wide: the best schedules, the named ones, what was constrained.
std::string terminal_table(const Search& search, const Found& found);

// One page that needs nothing else; no script.
std::string page(const Search& search, const Found& found, const SearchFacts& facts);

// Indices of the candidates that are shown apart: on the front by the first objective, and named.
std::vector<int> front_by_first(const Search& search, const Found& found);
std::vector<int> points_of(const Found& found);

// At least three digits, no noise.
std::string shown_number(double value);

}  // namespace dosewright::refine
