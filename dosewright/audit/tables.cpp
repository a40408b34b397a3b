#include "dosewright/audit/tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "dosewright/audit/hys_law.hpp"
#include "dosewright/base/csv.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/exchange/entry.hpp"

namespace dosewright::audit {
namespace {

using exchange::clock_text;
using json = nlohmann::ordered_json;

constexpr std::size_t kMostRows = 20;  // of a table on the terminal
constexpr std::size_t kMostRefused = 5;
constexpr std::size_t kMostDistinct = 200;  // that differ

class Csv {
 public:
  explicit Csv(std::string_view header) : text_("# " + std::string(kDisclaimer) + "\n") {
    text_ += header;
    text_ += '\n';
  }
  void row(std::initializer_list<std::string_view> fields) {
    bool first = true;
    for (const std::string_view field : fields) {
      if (!first) text_ += ',';
      first = false;
      append_csv_field(text_, field);
    }
    text_ += '\n';
  }
  std::string take() { return std::exchange(text_, {}); }

 private:
  std::string text_;
};

std::string when(const std::optional<Minutes>& at) {
  return at ? clock_text(*at) : std::string();
}

std::string multiple(double value) {
  return value < 0 ? std::string() : fmt::format("{:.2f}", value);
}

using Counts = std::array<std::int64_t, kKinds>;

struct ByRule {
  std::int64_t findings = 0, times = 0, subjects = 0;
};
struct BySite {
  std::int64_t subjects = 0, judged = 0, with = 0, candidates = 0;
  Counts kinds{};
};

struct Summary {
  std::map<std::pair<int, std::string>, ByRule> rules;
  std::map<std::string, BySite> sites;
  Counts kinds{};
  std::map<std::string, std::int64_t> verdicts, liver;
  std::int64_t findings = 0, with = 0;
};

void add_subject(Summary& summary, const Audit& audit, const Subject& subject) {
  BySite& site = summary.sites[subject.site];
  ++site.subjects;
  ++summary.verdicts[to_text(subject.verdict)];
  if (subject.verdict == Verdict::kJudged) {
    ++site.judged;
    if (subject.liver.verdict != HysLaw::kNothing) {
      ++summary.liver[to_text(subject.liver.verdict)];
    }
  }
  if (subject.liver.verdict == HysLaw::kCandidate) ++site.candidates;
  if (subject.n_findings > 0) ++site.with, ++summary.with;
  std::vector<std::pair<int, std::string>> seen;
  for (const Finding& one : findings_of(audit, subject)) {
    const std::pair key(static_cast<int>(one.kind), one.rule);
    ByRule& rule = summary.rules[key];
    ++rule.findings;
    rule.times += one.times;
    if (std::ranges::find(seen, key) == seen.end()) {
      seen.push_back(key);
      ++rule.subjects;
    }
    ++site.kinds[static_cast<std::size_t>(one.kind)];
    ++summary.kinds[static_cast<std::size_t>(one.kind)];
    ++summary.findings;
  }
}

Summary summary_of(const Audit& audit) {
  Summary summary;
  for (const Subject& subject : audit.subjects) add_subject(summary, audit, subject);
  return summary;
}

json kinds_json(const Counts& kinds) {
  json out = json::object();
  for (std::size_t i = 0; i < kinds.size(); ++i) out[to_text(static_cast<Kind>(i))] = kinds[i];
  return out;
}

json rules_json(const Summary& summary) {
  json out = json::array();
  for (const auto& [key, rule] : summary.rules) {
    out.push_back({{"kind", to_text(static_cast<Kind>(key.first))},
                   {"rule", key.second},
                   {"findings", rule.findings},
                   {"times", rule.times},
                   {"subjects", rule.subjects}});
  }
  return out;
}

json sites_json(const Summary& summary) {
  json out = json::array();
  for (const auto& [name, site] : summary.sites) {
    out.push_back({{"site", name},
                   {"subjects", site.subjects},
                   {"judged", site.judged},
                   {"with_findings", site.with},
                   {"findings", kinds_json(site.kinds)}});
  }
  return out;
}

json peaks_json(const LiverCase& liver) {
  json out = json::object();
  for (int i = 0; i < 4; ++i) {
    out[kLiverTests[i]] = liver.peak[i] < 0 ? json(nullptr) : json(liver.peak[i]);
  }
  return out;
}

json liver_json(const Audit& audit) {
  json out = json::array();
  for (const Subject* one : worrying(audit)) {
    if (one->liver.verdict == HysLaw::kNothing) continue;
    out.push_back({{"subject", one->id},
                   {"site", one->site},
                   {"verdict", to_text(one->liver.verdict)},
                   {"peaks_x_uln", peaks_json(one->liver)},
                   {"why", one->liver.why}});
  }
  return out;
}

json absences_json(const Audit& audit) {
  json out = json::array();
  for (const Absence& one : audit.absences) {
    out.push_back({{"test", one.test},
                   {"title", one.title},
                   {"subjects", one.subjects},
                   {"times", one.times},
                   {"rules", one.rules}});
  }
  return out;
}

json not_judged_json(const Audit& audit) {
  json out = json::array();
  for (const Subject& one : audit.subjects) {
    if (one.verdict != Verdict::kNotJudged) continue;
    out.push_back({{"subject", one.id}, {"site", one.site}, {"why", one.why}});
  }
  return out;
}

void add_line(std::string& out, const char* name, std::int64_t count, const std::string& more) {
  out += fmt::format("  {:>8}  {:<24} {}\n", count, name, more);
}

// Tests that nobody owed are one line: they are no news, but that they are lacking is not hidden.
std::string study_text(const Audit& audit) {
  if (audit.absences.empty()) return {};
  std::string out = "\nTHE STUDY\n";
  std::vector<std::string> rest;
  for (const Absence& one : audit.absences) {
    if (one.subjects > 0) {
      out += "  " + to_text(one) + "\n";
    } else {
      rest.push_back(one.test);
    }
  }
  if (!rest.empty()) {
    out += "  no result in LB, and no subject owed them: " + join(rest, ", ") + "\n";
  }
  return out;
}

// Reasons first, because one that stops many subjects is mended once; then some subjects.
std::string not_judged_text(const Audit& audit) {
  const auto reasons = reasons_of(audit);
  if (reasons.empty()) return {};
  std::string out = "\nNOT JUDGED, by reason\n";
  for (const auto& [reason, count] : reasons) {
    out += fmt::format("  {:>8}  {}\n", count, reason);
    if (reason.find("no upper limit of normal") == std::string::npos) continue;
    out += fmt::format("  {:>8}  say it once for all: --uln \"{}=LIMIT UNIT\"\n", "",
                       reason.substr(0, reason.find(' ')));
  }
  std::size_t shown = 0;
  for (const Subject& one : audit.subjects) {
    if (one.verdict != Verdict::kNotJudged) continue;
    if (++shown > kMostRefused) return out + "  ... subjects.csv has all of them\n";
    out += "  " + one.id + ": " + join(one.why, "; ") + "\n";
  }
  return out;
}

bool more_severe(const Subject* a, const Subject* b) {
  if (a->liver.verdict != b->liver.verdict) return a->liver.verdict > b->liver.verdict;
  const auto weight = [](const LiverCase& liver) {
    return std::max({liver.peak[kAlt], liver.peak[kAst], 0.1}) / kAminotransferaseLimit *
           std::max(liver.peak[kBili], 0.1) / kBilirubinLimit;
  };
  const double of_a = weight(a->liver);
  const double of_b = weight(b->liver);
  return of_a != of_b ? of_a > of_b : a->id < b->id;
}

}  // namespace

std::map<std::string, std::int64_t> reasons_of(const Audit& audit) {
  std::map<std::string, std::int64_t> reasons;
  for (const Subject& one : audit.subjects) {
    if (one.verdict != Verdict::kNotJudged) continue;
    std::vector<std::string> told;
    for (const std::string& why : one.why) {
      const std::size_t mark = why.find(": ");  // behind the place
      const std::string reason = mark == std::string::npos ? why : why.substr(mark + 2);
      if (std::ranges::find(told, reason) != told.end()) continue;
      told.push_back(reason);
      if (reasons.size() < kMostDistinct || reasons.contains(reason)) ++reasons[reason];
    }
  }
  return reasons;
}

std::string no_hys_law(const Audit& audit) {
  if (!audit.knows_liver) return "the programme does not know ALT, AST, BILI and ALP all four";
  const bool judged = std::ranges::any_of(
      audit.subjects, [](const Subject& one) { return one.verdict == Verdict::kJudged; });
  return judged ? "" : "no subject could be judged";
}

std::vector<const Subject*> worrying(const Audit& audit) {
  std::vector<const Subject*> list;
  for (const Subject& subject : audit.subjects) {
    if (subject.verdict == Verdict::kJudged && is_elevated(subject.liver)) {
      list.push_back(&subject);
    }
  }
  std::ranges::sort(list, more_severe);
  return list;
}

bool write_deviations_csv(const Audit& audit, const Put& put) {
  Csv csv("subject,site,date,kind,rule,until,times,seen,expected,source");
  for (const Subject& subject : audit.subjects) {
    if (subject.n_findings == 0) continue;
    for (const Finding& one : findings_of(audit, subject)) {
      csv.row({subject.id, subject.site, clock_text(one.at), to_text(one.kind), one.rule,
               when(one.until), std::to_string(one.times), one.seen, one.expected, one.source});
    }
    if (findings_fault(audit) || !put(csv.take())) return false;
  }
  return put(csv.take());
}

std::string deviations_csv(const Audit& audit) {
  std::string text;
  write_deviations_csv(audit, [&](std::string_view part) {
    text += part;
    return true;
  });
  return text;
}

std::string subjects_csv(const Audit& audit) {
  Csv csv(
      "subject,site,arm,verdict,why,from,until,readings,doses,first_dose,last_dose,states,"
      "findings,dosing_findings,peak_ALT,peak_AST,peak_BILI,peak_ALP,hys_law,notes");
  for (const Subject& one : audit.subjects) {
    csv.row({one.id,
             one.site,
             one.arm,
             to_text(one.verdict),
             join(one.why, "; "),
             when(one.from),
             when(one.until),
             std::to_string(one.readings),
             std::to_string(one.doses),
             when(one.first_dose),
             when(one.last_dose),
             one.states,
             std::to_string(one.n_findings),
             std::to_string(one.n_dosing),
             multiple(one.liver.peak[kAlt]),
             multiple(one.liver.peak[kAst]),
             multiple(one.liver.peak[kBili]),
             multiple(one.liver.peak[kAlp]),
             to_text(one.liver.verdict),
             join(one.notes, "; ")});
  }
  return csv.take();
}

std::string candidates_csv(const Audit& audit) {
  Csv csv(
      "subject,site,arm,verdict,aminotransferase_date,aminotransferase_x_uln,bilirubin_date,"
      "bilirubin_x_uln,phosphatase_x_uln,alternative,peak_ALT,peak_AST,peak_BILI,peak_ALP,why");
  for (const Subject* one : worrying(audit)) {
    const LiverCase& liver = one->liver;
    if (liver.verdict == HysLaw::kNothing) continue;
    const bool pair = liver.verdict != HysLaw::kApart;
    csv.row({one->id, one->site, one->arm, to_text(liver.verdict),
             pair ? clock_text(liver.aminotransferase_at) : "",
             pair ? multiple(liver.aminotransferase) : "",
             pair ? clock_text(liver.bilirubin_at) : "", pair ? multiple(liver.bilirubin) : "",
             multiple(liver.phosphatase), liver.alternative, multiple(liver.peak[kAlt]),
             multiple(liver.peak[kAst]), multiple(liver.peak[kBili]), multiple(liver.peak[kAlp]),
             liver.why});
  }
  return csv.take();
}

std::string study_csv(const Audit& audit) {
  Csv csv("finding,test,title,subjects,times,rules,says");
  for (const Absence& one : audit.absences) {
    csv.row({"never_measured", one.test, one.title, std::to_string(one.subjects),
             std::to_string(one.times), join(one.rules, "; "), to_text(one)});
  }
  return csv.take();
}

std::string summary_json(const Audit& audit) {
  const Summary summary = summary_of(audit);
  json files = json::object();
  for (const auto& [domain, path] : audit.files) files[domain] = path;
  const json out = {{"disclaimer", kDisclaimer},
                    {"programme", audit.programme},
                    {"profile", audit.profile},
                    {"regimen", audit.regimen},
                    {"regions", audit.regions},
                    {"schedules", audit.schedules},
                    {"treatments", audit.treatments},
                    {"grace", duration_text(audit.grace)},
                    {"hys_law_window", duration_text(audit.window)},
                    {"hys_law_phosphatase_x_uln", audit.phosphatase},
                    {"hys_law_assumed", hys_law_assumed()},
                    {"files", files},
                    {"rows", audit.rows},
                    {"passed_over", audit.passed_over},
                    {"not_judged_rules", audit.not_judged},
                    {"subjects", summary.verdicts},
                    {"never_measured", absences_json(audit)},
                    {"never_measured_by_subject", audit.absent_by_subject},
                    {"with_findings", summary.with},
                    {"findings", summary.findings},
                    {"by_kind", kinds_json(summary.kinds)},
                    {"by_rule", rules_json(summary)},
                    {"by_site", sites_json(summary)},
                    {"hys_law", summary.liver},
                    {"liver", liver_json(audit)},
                    {"hys_law_not_judged", no_hys_law(audit)},
                    {"not_judged_reasons", reasons_of(audit)},
                    {"not_judged", not_judged_json(audit)}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string summary_text(const Audit& audit) {
  const Summary summary = summary_of(audit);
  std::string out = fmt::format("{}, profile {}: {} subjects, {} rows\n", audit.programme,
                                audit.profile, audit.subjects.size(), audit.rows);
  for (const auto& [verdict, count] : summary.verdicts) add_line(out, verdict.c_str(), count, "");
  out += study_text(audit);
  out += fmt::format("\nFINDINGS: {} in {} subjects\n", summary.findings, summary.with);
  for (const auto& [key, rule] : summary.rules) {
    add_line(out, to_text(static_cast<Kind>(key.first)).c_str(), rule.findings,
             fmt::format("{} ({} subjects)", key.second, rule.subjects));
  }
  out += fmt::format(
      "\nHY'S LAW (bilirubin within {} after ALT or AST, alkaline phosphatase below {} x ULN:\n"
      "  {})\n",
      duration_text(audit.window), number_text(audit.phosphatase, 6), hys_law_assumed());
  const std::string silent = no_hys_law(audit);
  if (!silent.empty()) {
    out += "  not judged: " + silent + "\n";
  } else if (summary.liver.empty()) {
    out += "  nobody passes both limits\n";
  }
  for (const auto& [verdict, count] : summary.liver) add_line(out, verdict.c_str(), count, "");
  std::size_t shown = 0;
  for (const Subject* one : worrying(audit)) {
    if (one->liver.verdict == HysLaw::kNothing || ++shown > kMostRows) break;
    out += fmt::format("  {} (site {}): {}\n", one->id, one->site, one->liver.why);
  }
  out += not_judged_text(audit);
  for (const std::string& what : audit.not_judged) out += "\nnot judged: " + what;
  if (!audit.not_judged.empty()) out += "\n";
  return out;
}

}  // namespace dosewright::audit
