// audit.html: one page with everything inside it, no script, no network.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "dosewright/audit/hys_law.hpp"
#include "dosewright/audit/plot.hpp"
#include "dosewright/audit/tables.hpp"
#include "dosewright/base/markup.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/exchange/entry.hpp"

namespace dosewright::audit {
namespace {

using exchange::clock_text;

constexpr std::size_t kMostFindings = 500;  // on the page; deviations.csv has all
constexpr std::size_t kMostTimelines = 40;
constexpr std::size_t kMostPoints = 3000;
constexpr std::size_t kMostSites = 200;
constexpr std::size_t kMostNotJudged = 200;
constexpr std::size_t kMostEvents = 30;  // of one timeline

constexpr const char* kStyle =
    "body{font:15px/1.45 system-ui,sans-serif;margin:0;color:#1c1c1c;background:#fff}"
    "main{max-width:1100px;margin:0 auto;padding:16px}"
    "h1{font-size:1.5em;margin:.2em 0}h2{font-size:1.2em;margin:1.6em 0 .4em;border-top:1px solid "
    "#ccc;padding-top:.8em}h3{font-size:1.05em;margin:1.2em 0 .3em}"
    ".note{color:#555}.warn{background:#fdf3d8;padding:6px 10px;border-left:4px solid #b45309}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:14px}"
    "th,td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid #ddd}"
    "td.n,th.n{text-align:right}td.d{white-space:nowrap}td.t{min-width:15em}"
    "svg{width:100%;max-width:760px;height:auto;display:block;font:12px system-ui,sans-serif}"
    "svg text{fill:#333}code{background:#f2f2f2;padding:0 3px}"
    "@media(max-width:500px){svg{font-size:17px}}";

class Table {
 public:
  explicit Table(std::initializer_list<const char*> heads) {
    for (const std::string_view head : heads) {
      const bool number = head.starts_with('#');
      text_ += fmt::format("<th scope=\"col\"{}>{}</th>", number ? " class=\"n\"" : "",
                           escaped(number ? head.substr(1) : head));
      classes_.push_back(number ? "n" : "");
    }
    text_ += "</tr></thead><tbody>\n";
  }
  void column_class(std::size_t column, const char* name) { classes_[column] = name; }
  void row(const std::vector<std::string>& cells) {
    text_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string& name = classes_[i];
      text_ += name.empty() ? "<td>" : "<td class=\"" + name + "\">";
      text_ += escaped(cells[i]) + "</td>";
    }
    text_ += "</tr>\n";
  }
  std::string take() { return text_ + "</tbody></table></div>\n"; }

 private:
  std::string text_ = "<div class=\"wide\"><table><thead><tr>";
  std::vector<std::string> classes_;
};

std::string paragraph(std::string_view text, const char* name = "") {
  const std::string of = *name == 0 ? "" : fmt::format(" class=\"{}\"", name);
  return fmt::format("<p{}>{}</p>\n", of, escaped(text));
}

std::string multiple_text(double value) {
  return value < 0 ? "not read" : fmt::format("{:.2f}", value);
}

class Page {
 public:
  explicit Page(const Audit& audit) : audit_(audit) {}

  std::string write() {
    out_ =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
        "<title>Audit: " +
        escaped(audit_.programme) + "</title><style>" + kStyle + "</style></head><body><main>\n";
    head();
    study();
    liver();
    rules();
    sites();
    not_judged();
    findings();
    return out_ + "</main></body></html>\n";
  }

 private:
  void head() {
    std::map<std::string, int> verdicts;
    for (const Subject& one : audit_.subjects) ++verdicts[to_text(one.verdict)];
    out_ += "<h1>Audit of a study</h1>\n" + paragraph(kDisclaimer, "warn");
    out_ += paragraph(fmt::format(
        "{}, profile {} ({}). Regions judged: {}. Planned tests judged: {}.", audit_.programme,
        audit_.profile, audit_.profile_title, join(audit_.regions, ", "),
        audit_.schedules.empty() ? "none" : join(audit_.schedules, ", ")));
    std::string counts;
    for (const auto& [verdict, count] : verdicts) {
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, verdict);
    }
    out_ += paragraph(fmt::format("{} subjects: {}. {} rows were read.", audit_.subjects.size(),
                                  counts, audit_.rows));
    if (!audit_.treatments.empty()) {
      out_ += paragraph("Doses of " + join(audit_.treatments, ", ") +
                        " count as doses of the programme's drug.");
    }
    for (const std::string& what : audit_.not_judged) {
      out_ += paragraph("Not judged: " + what + ".", "note");
    }
  }

  void study() {
    if (audit_.absences.empty()) return;
    out_ += "<h2>The study as a whole</h2>\n";
    out_ += paragraph(
        "Tests that the protocol asks for and of which LB has no result. They are said here once" +
            std::string(audit_.absent_by_subject ? ", and of each subject below."
                                                 : ", and are no finding about a subject."),
        "note");
    Table table({"test", "name", "#subjects who owed it", "#times", "rules"});
    for (const Absence& one : audit_.absences) {
      table.row({one.test, one.title, std::to_string(one.subjects), std::to_string(one.times),
                 join(one.rules, ", ")});
    }
    out_ += table.take();
  }

  void liver() {
    out_ += "<h2>Liver: Hy's law</h2>\n";
    out_ += paragraph(
        "Candidates have ALT or AST above 3 times the upper limit of normal and bilirubin above 2 "
        "times on the same day or within " +
            duration_text(audit_.window) + " after it, alkaline phosphatase below " +
            number_text(audit_.phosphatase, 6) +
            " times, and no other cause noted [FDA-DILI2009, III]. Readings since the first dose "
            "count.",
        "note");
    out_ +=
        paragraph("Days and the limit of alkaline phosphatase: " + hys_law_assumed() + ".", "note");
    out_ += edish_svg(audit_, kMostPoints);
    const auto list = worrying(audit_);
    Table table({"subject", "site", "arm", "verdict", "#ALT", "#AST", "#bilirubin", "#ALP", "why"});
    table.column_class(0, "d");
    table.column_class(8, "t");
    for (std::size_t i = 0; i < std::min(list.size(), kMostTimelines); ++i) {
      const Subject& one = *list[i];
      table.row({one.id, one.site, one.arm, to_text(one.liver.verdict),
                 multiple_text(one.liver.peak[kAlt]), multiple_text(one.liver.peak[kAst]),
                 multiple_text(one.liver.peak[kBili]), multiple_text(one.liver.peak[kAlp]),
                 one.liver.why});
    }
    if (list.empty()) {
      const std::string silent = no_hys_law(audit_);
      out_ += paragraph(silent.empty() ? "Nobody passed a limit of Hy's law."
                                       : "Not judged: " + silent + ".");
      return;
    }
    out_ += "<h3>Subjects above 3 x ULN of ALT or AST, or above 2 x ULN of bilirubin</h3>\n";
    out_ +=
        paragraph("Peaks since the first dose, in multiples of the upper limit of normal.", "note");
    out_ += table.take();
    if (list.size() > kMostTimelines) {
      out_ += paragraph(fmt::format("{} more are not shown; subjects.csv has them.",
                                    list.size() - kMostTimelines),
                        "note");
    }
    for (std::size_t i = 0; i < std::min(list.size(), kMostTimelines); ++i) timeline(*list[i]);
  }

  void timeline(const Subject& one) {
    out_ += fmt::format("<h3 id=\"s-{0}\">{0}</h3>\n", escaped(one.id));
    std::string about = "site " + (one.site.empty() ? "not known" : one.site);
    if (!one.arm.empty()) about += ", " + one.arm;
    about += one.first_dose ? fmt::format(", {} doses from {} to {}", one.doses,
                                          clock_text(*one.first_dose), clock_text(*one.last_dose))
                            : ", no dose is known";
    out_ += paragraph(about + "; at the end: " + one.states, "note");
    out_ += timeline_svg(one);
    out_ += "<details><summary>Readings, events and findings</summary>\n";
    readings(one);
    for (const Finding& finding : findings_of(audit_, one)) {
      out_ += paragraph(clock_text(finding.at) + " " + to_text(finding.kind) + ": " + finding.seen +
                        ". Expected: " + finding.expected + " [" + finding.source + "]");
    }
    out_ += "</details>\n";
  }

  void readings(const Subject& one) {
    Table table({"date", "#ALT", "#AST", "#bilirubin", "#ALP", "events"});
    table.column_class(0, "d");
    table.column_class(5, "t");
    std::map<Minutes, std::array<double, 4>> at;
    std::map<Minutes, std::string> events;
    for (const LiverReading& reading : one.liver.readings) {
      auto& row = at.try_emplace(reading.at, std::array<double, 4>{-1, -1, -1, -1}).first->second;
      row[static_cast<std::size_t>(reading.test)] = reading.multiple;
    }
    std::size_t shown = 0;
    for (const Event& event : one.events) {
      if (++shown > kMostEvents) break;
      at.try_emplace(event.at, std::array<double, 4>{-1, -1, -1, -1});
      std::string& says = events[event.at];
      says += (says.empty() ? "" : "; ") + event.says;
    }
    for (const auto& [when, row] : at) {
      const auto cell = [&](int test) {
        const double value = row[static_cast<std::size_t>(test)];
        return value < 0 ? std::string() : fmt::format("{:.2f}", value);
      };
      table.row({clock_text(when), cell(kAlt), cell(kAst), cell(kBili), cell(kAlp), events[when]});
    }
    out_ += table.take();
    if (one.events.size() > kMostEvents) {
      out_ += paragraph(fmt::format("{} more events", one.events.size() - kMostEvents), "note");
    }
  }

  void rules() {
    struct Row {
      std::int64_t findings = 0, times = 0;
      std::int64_t subjects = 0;
      const Subject* last = nullptr;
      std::string source;
    };
    std::map<std::pair<int, std::string>, Row> rows;
    for (const Subject& subject : audit_.subjects) {
      for (const Finding& one : findings_of(audit_, subject)) {
        Row& row = rows[{static_cast<int>(one.kind), one.rule}];
        ++row.findings;
        row.times += one.times;
        row.subjects += row.last == &subject ? 0 : 1;
        row.last = &subject;
        row.source = one.source;
      }
    }
    out_ += "<h2>Findings by rule</h2>\n";
    if (rows.empty()) {
      out_ += paragraph("No deviation was found.");
      return;
    }
    Table table({"kind", "rule", "#findings", "#doses or tests", "#subjects", "source"});
    for (const auto& [key, row] : rows) {
      table.row({to_text(static_cast<Kind>(key.first)), key.second, std::to_string(row.findings),
                 std::to_string(row.times), std::to_string(row.subjects), row.source});
    }
    out_ += table.take();
  }

  void sites() {
    struct Row {
      std::int64_t subjects = 0, judged = 0, with = 0, dosing = 0, tests = 0, candidates = 0;
    };
    std::map<std::string, Row> rows;
    for (const Subject& subject : audit_.subjects) {
      Row& row = rows[subject.site];
      ++row.subjects;
      row.judged += subject.verdict == Verdict::kJudged ? 1 : 0;
      row.with += subject.n_findings > 0 ? 1 : 0;
      row.candidates += subject.liver.verdict == HysLaw::kCandidate ? 1 : 0;
      row.dosing += subject.n_dosing;
      // A candidate is one finding, and no deviation of tests.
      row.tests += subject.n_findings - subject.n_dosing -
                   (subject.liver.verdict == HysLaw::kCandidate ? 1 : 0);
    }
    out_ += "<h2>By site</h2>\n";
    Table table({"site", "#subjects", "#judged", "#with findings", "#dosing", "#tests",
                 "#Hy's-law candidates"});
    std::size_t shown = 0;
    for (const auto& [site, row] : rows) {
      if (++shown > kMostSites) break;
      table.row({site.empty() ? "not known" : site, std::to_string(row.subjects),
                 std::to_string(row.judged), std::to_string(row.with), std::to_string(row.dosing),
                 std::to_string(row.tests), std::to_string(row.candidates)});
    }
    out_ += table.take();
    if (rows.size() > kMostSites) {
      out_ += paragraph(fmt::format("{} more sites are not shown; summary.json has them.",
                                    rows.size() - kMostSites),
                        "note");
    }
  }

  void not_judged() {
    Table table({"subject", "site", "why"});
    std::size_t count = 0;
    for (const Subject& one : audit_.subjects) {
      if (one.verdict != Verdict::kNotJudged || ++count > kMostNotJudged) continue;
      table.row({one.id, one.site, join(one.why, "; ")});
    }
    if (count == 0) return;
    out_ += fmt::format("<h2>Not judged: {} subjects</h2>\n", count);
    Table reasons({"#subjects", "reason"});
    for (const auto& [reason, n] : reasons_of(audit_)) reasons.row({std::to_string(n), reason});
    out_ += reasons.take();
    out_ += table.take();
    if (count > kMostNotJudged) {
      out_ +=
          paragraph(fmt::format("{} more; subjects.csv has them.", count - kMostNotJudged), "note");
    }
  }

  void findings() {
    Table table({"subject", "site", "date", "kind", "rule", "#times", "seen", "expected"});
    for (const std::size_t column : {0U, 2U}) table.column_class(column, "d");
    for (const std::size_t column : {6U, 7U}) table.column_class(column, "t");
    std::int64_t count = 0;
    for (const Subject& subject : audit_.subjects) count += subject.n_findings;
    std::size_t shown = 0;
    // What was done with doses before what was done with tests.
    for (const bool dosing : {true, false}) {
      for (const Subject& subject : audit_.subjects) {
        if (shown >= kMostFindings) break;
        if ((dosing ? subject.n_dosing : subject.n_findings - subject.n_dosing) == 0) continue;
        for (const Finding& one : findings_of(audit_, subject)) {
          if (is_dosing(one.kind) != dosing || ++shown > kMostFindings) continue;
          table.row({subject.id, subject.site, clock_text(one.at), to_text(one.kind), one.rule,
                     std::to_string(one.times), one.seen, one.expected});
        }
      }
    }
    if (count == 0) return;
    out_ += fmt::format("<h2>Findings: {}</h2>\n", count);
    if (count > static_cast<std::int64_t>(kMostFindings)) {
      out_ += paragraph(
          fmt::format("The first {}; deviations.csv has all, with their sources.", kMostFindings),
          "note");
    }
    out_ += table.take();
  }

  const Audit& audit_;
  std::string out_;
};

}  // namespace

std::string audit_html(const Audit& audit) {
  return Page(audit).write();
}

}  // namespace dosewright::audit
