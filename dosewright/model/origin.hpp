// Where a number comes from, and whether the documents that it names are known.
//
// A source text is one or more citations, parted by ";". Each begins with the key of a source of
// the programme and goes on with the place in it: "FDA-MedR Table 25 (p.112); EMA-AR p.66".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/model/model.hpp"

namespace dosewright::model {

struct References {
  std::vector<std::string> sources;       // known keys
  std::vector<std::string> evidence_ids;  // known rows
  bool any = false;                       // a model without a programme: nothing to check against
};

struct Citations {
  std::vector<std::string> keys;     // of the citations that begin with a known key, in order
  std::vector<std::string> unknown;  // the citations that do not
};
Citations read_citations(std::string_view text, std::span<const std::string> known_keys);

// What to write instead of an unknown citation.
std::string citation_hint(std::string_view citation, std::span<const std::string> known_keys);

// One fault at the node per citation that names no known source.
void check_source(Node& node, std::string_view text, std::span<const std::string> known_keys);

// Reads `source`, `calibrated_to` and `assumed` of a table, each with the prefix ("variability_").
// `required`: exactly one must be there; otherwise none may be. Faults go to the table's document.
Origin read_origin(Node& table, const std::string& prefix, bool required,
                   const References& references);

bool empty(const Origin& origin);
std::string to_text(const Origin& origin);  // "FDA-MedR p.45", "calibrated to R0006", "assumed ..."

}  // namespace dosewright::model
