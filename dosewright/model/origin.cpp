#include "dosewright/model/origin.hpp"

#include <algorithm>

#include "dosewright/base/text.hpp"

namespace dosewright::model {
namespace {

bool begins_with_key(std::string_view citation, std::string_view key) {
  if (!citation.starts_with(key)) return false;
  return citation.size() == key.size() || citation[key.size()] == ' ' ||
         citation[key.size()] == ',' || citation[key.size()] == ':';
}

// The longest key wins: "PMID 1" must not hide "PMID 1 suppl".
std::string key_of(std::string_view citation, std::span<const std::string> known_keys) {
  std::string best;
  for (const std::string& key : known_keys) {
    if (key.size() > best.size() && begins_with_key(citation, key)) best = key;
  }
  return best;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.size(), text.find_first_of(" ,:")));
}

void check_rows(Node& node, const std::vector<std::string>& rows, const References& references) {
  for (const std::string& row : rows) {
    if (std::ranges::find(references.evidence_ids, row) != references.evidence_ids.end()) continue;
    const std::string near = nearest_name(row, references.evidence_ids);
    node.fault("'" + row + "' is not a row of the evidence",
               near.empty() ? "rows are named by the column id of evidence/trials.csv"
                            : "the nearest row is '" + near + "'");
  }
}

void check_presence(Node& table, const std::string& prefix, int given, bool required) {
  const std::string names =
      "'" + prefix + "source', '" + prefix + "calibrated_to' or '" + prefix + "assumed'";
  if (required && given == 0) {
    table.fault("expected to be told where '" + table.path() + "' comes from, found nothing",
                "write one of " + names);
  } else if (required && given > 1) {
    table.fault("a number has one origin, found " + std::to_string(given) + " here",
                "keep one of " + names);
  } else if (!required && given > 0) {
    table.fault("an origin of a variability is given, but no variability",
                "write between_subject, between_trial or uncertainty, or drop the origin");
  }
}

}  // namespace

Citations read_citations(std::string_view text, std::span<const std::string> known_keys) {
  Citations citations;
  for (std::string_view part : split(text, ';')) {
    const std::string_view citation = trim(part);
    const std::string key = key_of(citation, known_keys);
    if (key.empty()) {
      citations.unknown.emplace_back(citation);
    } else {
      citations.keys.push_back(key);
    }
  }
  return citations;
}

std::string citation_hint(std::string_view citation, std::span<const std::string> known_keys) {
  const std::string near = nearest_name(first_word(citation), known_keys);
  if (!near.empty()) return "the nearest known key is '" + near + "'";
  return "begin with the key of a [source] of programme.toml, then the place in it";
}

void check_source(Node& node, std::string_view text, std::span<const std::string> known_keys) {
  for (const std::string& citation : read_citations(text, known_keys).unknown) {
    node.fault("expected a known source, found '" + citation + "'",
               citation_hint(citation, known_keys));
  }
}

Origin read_origin(Node& table, const std::string& prefix, bool required,
                   const References& references) {
  Origin origin;
  Node source = table.find(prefix + "source");
  Node calibrated = table.find(prefix + "calibrated_to");
  Node assumed = table.find(prefix + "assumed");
  if (source.exists()) {
    origin.source = source.text();
    if (!origin.source.empty() && !references.any)
      check_source(source, origin.source, references.sources);
  }
  if (calibrated.exists()) {
    origin.calibrated_to = calibrated.texts();
    if (!references.any) check_rows(calibrated, origin.calibrated_to, references);
    if (calibrated.is_array() && origin.calibrated_to.empty()) {
      calibrated.fault("expected at least one evidence row", "write [\"R0006\"]");
    }
  }
  if (assumed.exists()) origin.assumed = assumed.text();
  check_presence(table, prefix, source.exists() + calibrated.exists() + assumed.exists(), required);
  return origin;
}

bool empty(const Origin& origin) {
  return origin.source.empty() && origin.calibrated_to.empty() && origin.assumed.empty();
}

std::string to_text(const Origin& origin) {
  if (!origin.source.empty()) return origin.source;
  if (!origin.calibrated_to.empty()) return "calibrated to " + join(origin.calibrated_to, ", ");
  if (!origin.assumed.empty()) return "assumed, " + origin.assumed;
  return "";
}

}  // namespace dosewright::model
