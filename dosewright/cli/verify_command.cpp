#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/verify/diff.hpp"
#include "dosewright/verify/mutants.hpp"
#include "dosewright/verify/verify.hpp"

namespace dosewright::cli {

namespace {

using verify::Finding;
using verify::Outcome;

constexpr double kEnough = 0.95;  // of the mutants must be caught

struct VerifyOptions {
  std::string directory, profile;
  std::string second, profile_a, profile_b;
  double timeout = 10;
  int visits = 6, examples = 8;
  bool json = false, all = false, mutants = false;
};

// A line on a terminal that is rewritten in place; nothing in a pipe.
void show_progress(const std::string& what) {
  if (isatty(STDERR_FILENO) != 0) print_in_place(what);
}

verify::Options solver_options(const VerifyOptions& options) {
  verify::Options solver;
  solver.query_milliseconds = static_cast<unsigned>(options.timeout * 1000);
  solver.visits = options.visits;
  solver.progress = show_progress;
  solver.stop = [] { return InterruptGuard::flag().load(); };
  return solver;
}

Faults limits_broken(const VerifyOptions& options) {
  Faults faults;
  const Place place{"command line", 0, 0};
  if (!(options.timeout >= 0.1 && options.timeout <= 3600)) {
    faults.add(place, fmt::format("--timeout must lie between 0.1 and 3600 seconds, found {}",
                                  options.timeout));
  }
  if (options.visits < 1 || options.visits > 20) {
    faults.add(place, fmt::format("--visits must lie between 1 and 20, found {}", options.visits));
  }
  if (options.examples < 1 || options.examples > 100) {
    faults.add(place,
               fmt::format("--examples must lie between 1 and 100, found {}", options.examples));
  }
  return faults;
}

Result<const protocol::Protocol*> profile_of(const programme::Programme& programme,
                                             const std::string& name) {
  if (const protocol::Protocol* found = programme.protocol(name)) return found;
  std::vector<std::string> names;
  for (const protocol::Protocol& one : programme.protocols) names.push_back(one.name);
  const std::string near = nearest_name(name, names);
  return Fault{{"command line", 0, 0},
               fmt::format("no profile '{}' in {}", name, programme.directory),
               near.empty() ? "there are: " + join(names, ", ") : "did you mean '" + near + "'?",
               {}};
}

std::string indented(const std::string& text) {
  std::string out;
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) out += "      " + std::string(line) + "\n";
  }
  return out;
}

std::string finding_text(const Finding& finding) {
  const std::string where =
      finding.region.empty() ? finding.subject : finding.region + ": " + finding.subject;
  std::string text = fmt::format("  {:<12} {}: {} ({})", to_text(finding.outcome),
                                 to_text(finding.aspect), finding.claim, where);
  if (!finding.remark.empty()) text += "; " + finding.remark;
  text += "\n";
  if (finding.outcome < Outcome::kFails) return text;
  text += fmt::format("      source: {}; {}\n", finding.source, to_text(finding.place));
  if (finding.patient) {
    text += fmt::format("    a patient, looked at on {}:\n{}    the executor says:\n{}",
                        verify::date_of(finding.patient->look_on),
                        indented(verify::to_csv(*finding.patient)), indented(finding.story));
  }
  return text;
}

// Claims of one kind in one line, unless they failed or --all asks for them; invariants always.
std::string report_text(const protocol::Protocol& protocol, const verify::Report& report,
                        bool all) {
  std::string text = fmt::format("{}: {}\n", protocol.name, protocol.title);
  std::map<std::tuple<std::string, verify::Aspect, Outcome>, int> counts;
  for (const Finding& finding : report.findings) {
    const bool told =
        all || finding.aspect == verify::Aspect::kInvariant || finding.outcome >= Outcome::kFails;
    if (!told) ++counts[{finding.region, finding.aspect, finding.outcome}];
  }
  for (const auto& [what, n] : counts) {
    const auto& [region, aspect, outcome] = what;
    text +=
        fmt::format("  {:<12} {}: {} of region {}\n", to_text(outcome), to_text(aspect), n, region);
  }
  for (const Finding& finding : report.findings) {
    const bool told =
        all || finding.aspect == verify::Aspect::kInvariant || finding.outcome >= Outcome::kFails;
    if (told) text += finding_text(finding);
  }
  return text;
}

nlohmann::json patient_json(const verify::Patient& patient) {
  return {{"csv", verify::to_csv(patient)}, {"at", verify::date_of(patient.look_on)}};
}

nlohmann::json report_as_json(const protocol::Protocol& protocol, const verify::Report& report) {
  nlohmann::json list = nlohmann::json::array();
  for (const Finding& finding : report.findings) {
    nlohmann::json one = {
        {"aspect", to_text(finding.aspect)}, {"region", finding.region},
        {"subject", finding.subject},        {"claim", finding.claim},
        {"source", finding.source},          {"outcome", to_text(finding.outcome)},
        {"remark", finding.remark}};
    if (finding.patient) one["patient"] = patient_json(*finding.patient);
    if (!finding.story.empty()) one["story"] = finding.story;
    list.push_back(std::move(one));
  }
  return {{"profile", protocol.name}, {"proved", report.proved()}, {"findings", list}};
}

int exit_of(const verify::Report& report) {
  if (report.interrupted) return kExitInterrupted;
  if (report.disputed()) return kExitFailed;
  return report.proved() ? kExitDone : kExitBadInput;
}

// The worst of several: our own failure outweighs a property that fails.
int worse(int a, int b) {
  for (const int code : {kExitInterrupted, kExitFailed, kExitBadInput}) {
    if (a == code || b == code) return code;
  }
  return kExitDone;
}

struct Score {
  int caught = 0, by_case = 0, by_proof = 0, total = 0;
};

int judge(const programme::Programme& programme, const protocol::Protocol& protocol,
          const VerifyOptions& options, nlohmann::json& json) {
  const auto text = read_text(programme.directory + "/protocol/" + protocol.name + ".toml");
  if (!text.ok()) return fail(text.faults());
  protocol::Surroundings surroundings{programme.analytes, programme.regimens, {}};
  for (const programme::Source& source : programme.sources) {
    surroundings.sources.push_back(source.key);
  }
  const verify::Options solver = solver_options(options);
  const auto verdicts = verify::judge_mutants(*text, surroundings, solver, options.all);
  show_progress("");
  if (InterruptGuard::flag().load()) return kExitInterrupted;
  Score score;
  std::string survivors;
  for (const verify::Verdict& one : verdicts) {
    ++score.total;
    score.by_case += one.by_case ? 1 : 0;
    score.by_proof += one.by_proof ? 1 : 0;
    score.caught += one.by_case || one.by_proof ? 1 : 0;
    if (!one.by_case && !one.by_proof) survivors += "  " + one.rule + ": " + one.change + "\n";
    json.push_back({{"profile", protocol.name},
                    {"rule", one.rule},
                    {"change", one.change},
                    {"by_case", one.by_case},
                    {"by_proof", one.by_proof},
                    {"proof", one.proof}});
  }
  if (!options.json) {
    print(fmt::format("{}: {} of {} mutants caught, {} by its cases, {} by proof{}\n{}",
                      protocol.name, score.caught, score.total, score.by_case, score.by_proof,
                      options.all ? " (each asked alone)" : " of those that its cases let pass",
                      survivors.empty() ? "" : "not caught:\n" + survivors));
  }
  return score.caught >= kEnough * score.total ? kExitDone : kExitBadInput;
}

int run_verify(const VerifyOptions& options) {
  if (const Faults faults = limits_broken(options); !faults.empty()) return fail(faults);
  const auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return fail(programme.faults());
  std::vector<const protocol::Protocol*> protocols;
  if (options.profile.empty()) {
    for (const protocol::Protocol& one : programme->protocols) protocols.push_back(&one);
  } else {
    const auto found = profile_of(*programme, options.profile);
    if (!found.ok()) return fail(found.faults());
    protocols.push_back(*found);
  }
  const InterruptGuard guard;
  int exit_code = kExitDone;
  nlohmann::json json = nlohmann::json::array();
  std::map<std::string, verify::Report> reports;
  for (const protocol::Protocol* protocol : protocols) {
    if (InterruptGuard::flag().load()) break;
    if (options.mutants) {
      exit_code = worse(exit_code, judge(*programme, *protocol, options, json));
      continue;
    }
    verify::Options solver = solver_options(options);
    const auto base = reports.find(protocol->based_on);
    if (base != reports.end()) solver.base = &base->second;
    const verify::Report& report = reports[protocol->name] = verify::verify(*protocol, solver);
    show_progress("");
    exit_code = worse(exit_code, exit_of(report));
    json.push_back(report_as_json(*protocol, report));
    if (!options.json) print(report_text(*protocol, report, options.all) + "\n");
  }
  if (exit_code == kExitInterrupted) {
    print_error("interrupted: what was not asked is not proved");
    return exit_code;
  }
  print(options.json ? json.dump(2) + "\n" : std::string(kDisclaimer) + "\n");
  return exit_code;
}

std::string difference_text(const verify::Difference& one, const std::string& a,
                            const std::string& b) {
  return fmt::format(
      "{}\n  {}: {}\n  {}: {}\n    a patient, looked at on {}:\n{}    {} says:\n{}    {} "
      "says:\n{}\n",
      one.kind, a, one.first, b, one.second, verify::date_of(one.patient.look_on),
      indented(verify::to_csv(one.patient)), a, indented(one.first_story), b,
      indented(one.second_story));
}

nlohmann::json difference_json(const verify::Difference& one) {
  return {{"kind", one.kind},
          {"first", one.first},
          {"second", one.second},
          {"first_story", one.first_story},
          {"second_story", one.second_story},
          {"patient", patient_json(one.patient)}};
}

std::string profile_or(const std::string& profile, const programme::Programme& programme) {
  return profile.empty() ? programme.dosing.protocol : profile;
}

int print_diff(const verify::DiffReport& report, const VerifyOptions& options, const std::string& a,
               const std::string& b) {
  if (options.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& one : report.differences) list.push_back(difference_json(one));
    print(nlohmann::json{{"first", a},
                         {"second", b},
                         {"visits", report.visits},
                         {"complete", report.complete},
                         {"differences", list}}
              .dump(2) +
          "\n");
  } else {
    std::string text;
    for (const auto& one : report.differences) text += difference_text(one, a, b);
    text += fmt::format(
        "{} kinds of difference between {} and {}; {}\n{}\n", report.differences.size(), a, b,
        report.complete ? fmt::format("no other within {} visits", report.visits)
                        : std::string("there may be others: raise --examples or --timeout"),
        kDisclaimer);
    print(text);
  }
  if (report.interrupted) return kExitInterrupted;
  return report.disputed ? kExitFailed : kExitDone;
}

int run_diff(const VerifyOptions& options) {
  Faults faults = limits_broken(options);
  const auto a = programme::load_programme(options.directory);
  const auto b = programme::load_programme(options.second);
  if (!a.ok()) faults.merge(a.faults());
  if (!b.ok() && options.second != options.directory) faults.merge(b.faults());
  if (!faults.empty()) return fail(faults);
  const auto first = profile_of(*a, profile_or(options.profile_a, *a));
  const auto second = profile_of(*b, profile_or(options.profile_b, *b));
  if (!first.ok()) faults.merge(first.faults());
  if (!second.ok()) faults.merge(second.faults());
  if (!faults.empty()) return fail(faults);
  const InterruptGuard guard;
  const verify::DiffReport report =
      verify::diff(**first, **second, solver_options(options), options.examples);
  show_progress("");
  const bool same_name = (*first)->name == (*second)->name;
  return print_diff(report, options, (*first)->name + (same_name ? " (first)" : ""),
                    (*second)->name + (same_name ? " (second)" : ""));
}

void add_limits(CLI::App& command, VerifyOptions& options) {
  command.add_option("--timeout", options.timeout,
                     "seconds that the solver may think about one question (default 10)");
  command.add_option("--visits", options.visits,
                     "the longest story that is searched for a patient");
  command.add_flag("--json", options.json, "print JSON instead of text");
}

void add_verify(CLI::App& group, int& exit_code) {
  const auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = group.add_subcommand(
      "verify", "prove that a protocol has no hole, or print the patient who falls into it");
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command->add_option("--profile", options->profile, "one protocol by NAME; else all of them");
  add_limits(*command, *options);
  command->add_flag("--all", options->all,
                    "list every claim; with --mutants: ask the proof about each mutant, also where "
                    "the cases have caught it");
  command->add_flag("--mutants", options->mutants,
                    "shift each threshold, flip each comparison, leave out each transition, and "
                    "say which of these errors nothing would catch");
  command->callback([options, &exit_code] { exit_code = run_verify(*options); });
  command->footer(
      "Examples:\n"
      "  dosewright programme verify programmes/NAME --profile label\n"
      "  dosewright programme verify programmes/NAME --mutants\n"
      "Exit code 0: all is proved (with --mutants: 95 % are caught). 1: a patient of the solver "
      "is\n"
      "not confirmed by the executor, a fault of ours. 2: a claim fails or is not proved, or bad\n"
      "input. 130: interrupted. docs/verify.md says what is claimed.");
}

void add_diff(CLI::App& group, int& exit_code) {
  const auto options = std::make_shared<VerifyOptions>();
  options->visits = 4;
  CLI::App* command = group.add_subcommand(
      "diff", "find patients for whom two programmes, profiles or versions decide differently");
  command->add_option("A", options->directory, "a programme's folder")->required();
  command->add_option("B", options->second, "another, or the same")->required();
  command->add_option("--profile-a", options->profile_a,
                      "protocol of A (default: the one that its programme.toml names)");
  command->add_option("--profile-b", options->profile_b, "protocol of B");
  command->add_option("--examples", options->examples,
                      "at most so many kinds about doses, and as many about tests (default 8)");
  add_limits(*command, *options);
  command->callback([options, &exit_code] { exit_code = run_diff(*options); });
  command->footer(
      "Example:\n"
      "  dosewright programme diff programmes/NAME programmes/NAME --profile-a label "
      "--profile-b cs5\n"
      "Exit code 0: done, whatever was found. 1: a patient of the solver is not confirmed by the\n"
      "executors, a fault of ours. 2: bad input. 130: interrupted.");
}

}  // namespace

void add_verify_commands(CLI::App& programme_group, int& exit_code) {
  add_verify(programme_group, exit_code);
  add_diff(programme_group, exit_code);
}

}  // namespace dosewright::cli
