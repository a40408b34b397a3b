#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "dosewright/base/file.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/report/report.hpp"
#include "dosewright/trial/criteria.hpp"
#include "dosewright/trial/replay.hpp"
#include "dosewright/trial/results.hpp"
#include "dosewright/trial/run.hpp"
#include "dosewright/trial/sdtm.hpp"

namespace dosewright::cli {

namespace {

struct TrialOptions {
  std::string directory, design, evidence, out, format;
  std::int64_t replicates = 100, patients = 0, seed = 1, threads = 0;
  std::optional<std::int64_t> replay;
  bool json = false;
};

// A number given on the command line, with the range that it must lie in.
struct Limit {
  const char* name;
  std::int64_t value, low, high;
  const char* hint;
};

Faults limits_broken(const TrialOptions& options, bool patients_given) {
  std::vector<Limit> limits = {
      {"--replicates", options.replicates, 1, trial::kMostReplicates, "500 gives stable intervals"},
      {"--seed", options.seed, 0, INT64_MAX, "any other number gives other virtual patients"},
      {"--threads", options.threads, 0, 1024, "0 means one per core"}};
  if (patients_given) {
    limits.push_back({"--patients", options.patients, 1, trial::kMostPatientsPerTrial,
                      "patients per trial and replicate; leave it out for the published sizes"});
  }
  Faults faults;
  for (const Limit& limit : limits) {
    if (limit.value >= limit.low && limit.value <= limit.high) continue;
    faults.add({"command line", 0, 0},
               fmt::format("{} must lie between {} and {}, found {}", limit.name, limit.low,
                           limit.high, limit.value),
               limit.hint);
  }
  return faults;
}

class TrialCommand {
 public:
  explicit TrialCommand(const TrialOptions& options) : options_(options) {}

  int run(bool patients_given) {
    if (const Faults faults = limits_broken(options_, patients_given); !faults.empty()) {
      return fail(faults);
    }
    auto programme = programme::load_programme(options_.directory);
    if (!programme.ok()) return fail(programme.faults());
    programme_ = &*programme;
    if (const Faults faults = programme::check_simulable(*programme); !faults.empty()) {
      return fail(faults);
    }
    auto designs = trial::load_designs(*programme_, options_.design);
    if (!designs.ok()) return fail(designs.faults());
    designs_ = &*designs;
    trial::resize(*designs_, options_.patients);
    return options_.replay ? replay() : simulate();
  }

 private:
  int replay() const {
    const auto id = static_cast<std::uint64_t>(*options_.replay);
    for (const trial::Design& design : designs_->trials) {
      trial::PatientRecord record;
      if (!trial::run_patient(*programme_, design, seed(), id, record)) continue;
      if (options_.json) {
        print(trial::replay_json(*programme_, design, record));
      } else {
        print(trial::replay_text(*programme_, design, record) + "\n" + kDisclaimer + "\n");
      }
      return kExitDone;
    }
    const auto example = trial::patient_id({designs_->trials.front().trial_number, 0, 0});
    return fail(
        Faults({{"command line", 0, 0},
                fmt::format("no patient of design '{}' has the number {}", options_.design, id),
                fmt::format("numbers stand in the report; the first patient is {}", example),
                {}}));
  }

  int simulate() {
    if (options_.out.empty()) {
      return fail(Faults(
          {{"command line", 0, 0}, "--out DIR is needed: where do the results go?", {}, {}}));
    }
    if (const auto writable = probe_directory(options_.out); !writable.ok()) {
      return fail(writable.faults());
    }
    Faults evidence_faults = read_evidence();
    auto mapping = trial::map_evidence(*programme_, *designs_, rows_);
    if (!mapping.ok()) return fail(mapping.faults());
    evidence_faults.merge(mapping->result.faults);
    const trial::Plan plan = trial::make_plan(*programme_, *designs_, *mapping);
    trial::Results results(plan, static_cast<int>(options_.replicates));
    const trial::RunReport report = simulate_all(results);
    if (report.interrupted) {
      print_error("interrupted: partial results are discarded, nothing was written");
      return kExitInterrupted;
    }
    const int written = write(results, report);
    if (written != kExitDone) return written;
    if (!evidence_faults.empty()) {
      print_error("evidence rows that were left out:");
      return fail(evidence_faults);
    }
    return report.ledgers_failed > 0 ? kExitFailed : kExitDone;
  }

  // The rows to compare with: the programme's own, or those of --evidence. Broken rows are left
  // out.
  Faults read_evidence() {
    if (options_.evidence.empty()) {
      rows_ = programme_->evidence;
      return programme_->evidence_faults;
    }
    programme::Evidence evidence = programme::load_evidence(options_.evidence, {});
    rows_ = std::move(evidence.rows);
    return evidence.faults;
  }

  trial::RunReport simulate_all(trial::Results& results) const {
    std::int64_t total = 0;
    for (const auto& design : designs_->trials) {
      for (const auto& arm : design.arms) total += arm.n * options_.replicates;
    }
    std::atomic<std::int64_t> done{0};
    const InterruptGuard guard;
    const ProgressLine line(done, total);
    trial::RunOptions run_options;
    run_options.seed = seed();
    run_options.replicates = static_cast<int>(options_.replicates);
    run_options.threads = static_cast<int>(options_.threads);
    run_options.stop = &InterruptGuard::flag();
    run_options.done = &done;
    return trial::run(*programme_, *designs_, run_options, results);
  }

  int write(const trial::Results& results, const trial::RunReport& report) const {
    const trial::RunFacts facts{
        programme_,    kVersion, seed(), report.ledgers_checked, report.ledgers_failed,
        report.stepped};
    const std::string summary = trial::summary_json(results, facts).dump(2) + "\n";
    FileSet files(options_.out);
    files.add("report.html", report::report_html(trial::report_json(results, facts)));
    files.add("summary.json", summary);
    files.add("evidence.csv", trial::evidence_csv(results));
    files.add("series.csv", trial::series_csv(results));
    files.add("arms.csv", trial::arms_csv(results));
    if (const auto committed = files.commit(); !committed.ok()) return fail(committed.faults());
    if (const auto exported = export_study(); !exported.ok()) return fail(exported.faults());
    print(options_.json ? summary : table(results, report));
    if (report.ledgers_failed > 0) {
      print_error(fmt::format(
          "{} of {} replayed dose ledgers differ from the closed loop: patient {} by {:.2g}",
          report.ledgers_failed, report.ledgers_checked, report.worst_patient,
          report.worst_difference));
    }
    return kExitDone;
  }

  // One folder for each trial where the design has several.
  Result<Done> export_study() const {
    if (options_.format.empty()) return Done{};
    for (const trial::Design& design : designs_->trials) {
      const bool several = designs_->trials.size() > 1;
      FileSet files(options_.out + "/sdtm" + (several ? "/" + design.name : ""));
      for (auto& [name, content] : trial::sdtm_files(*programme_, design, seed())) {
        files.add(name, std::move(content));
      }
      if (auto committed = files.commit(); !committed.ok()) return committed;
    }
    return Done{};
  }

  std::string table(const trial::Results& results, const trial::RunReport& report) const {
    const auto answers = trial::answer_criteria(results, *programme_);
    return trial::terminal_table(results) + trial::criteria_text(results, answers) +
           fmt::format(
               "\n{} patients simulated ({} by adaptive steps), {} failed; {} dose ledgers "
               "replayed, {} differ "
               "(largest relative difference {:.1e})\nwritten to {}: report.html summary.json "
               "evidence.csv series.csv arms.csv\n",
               report.patients, report.stepped, report.failed, report.ledgers_checked,
               report.ledgers_failed, report.worst_difference, options_.out);
  }

  std::uint64_t seed() const { return static_cast<std::uint64_t>(options_.seed); }

  const TrialOptions& options_;
  programme::Programme* programme_ = nullptr;
  trial::DesignSet* designs_ = nullptr;
  std::vector<programme::EvidenceRow> rows_;
};

}  // namespace

void add_trial_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "trial", "simulate a trial under its protocol and set it beside what was published");
  const auto options = std::make_shared<TrialOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command
      ->add_option("--design", options->design,
                   "a design of the programme by NAME, or a design FILE of your own")
      ->required();
  command->add_option("--evidence", options->evidence,
                      "a CSV file of published results in place of the programme's own");
  command->add_option("--replicates", options->replicates,
                      "how often the whole trial is simulated (default 100)");
  auto* patients = command->add_option("--patients", options->patients,
                                       "patients per trial, spread over the arms as published");
  command->add_option("--seed", options->seed, "of all random numbers (default 1)");
  command->add_option("--threads", options->threads,
                      "0: one per core; the results do not depend on it");
  command->add_option("--replay", options->replay,
                      "print the whole timeline of the virtual patient with this number, and stop");
  command->add_option("--out", options->out, "folder for report.html, summary.json and tables");
  command
      ->add_option("--export", options->format,
                   "sdtm: also write the first replicate as a study, into the folder sdtm of --out")
      ->check(CLI::IsMember({"sdtm"}));
  command->add_flag("--json", options->json, "print summary.json (or the replay) instead of text");
  command->callback([options, patients, &exit_code] {
    exit_code = TrialCommand(*options).run(patients->count() > 0);
  });
  command->footer(
      "Examples:\n"
      "  dosewright trial programmes/NAME --design phase3 --replicates 500 --out out/phase3\n"
      "  dosewright trial programmes/NAME --design phase3 --replay 100000000003\n"
      "Exit code 0: done. 1: a replayed dose ledger differs. 2: bad input (evidence rows that "
      "could not\n"
      "be read: the rest was used), or output that cannot be written. 130: interrupted.");
}

int run(int argc, const char* const* argv) {
  CLI::App app("Dosewright: a chronic-dosing programme as one executable definition.\n" +
                   std::string(kDisclaimer),
               "dosewright");
  app.set_version_flag("--version", std::string("dosewright ") + kVersion + "\n" + kDisclaimer);
  app.require_subcommand(1);
  int exit_code = kExitDone;
  add_programme_commands(app, exit_code);
  add_trial_command(app, exit_code);
  add_calibrate_command(app, exit_code);
  add_refine_command(app, exit_code);
  add_decide_command(app, exit_code);
  add_audit_command(app, exit_code);
  add_storage_command(app, exit_code);
  add_signal_command(app, exit_code);
  add_molecule_commands(app, exit_code);
  add_simulate_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitBadInput;
  }
  return exit_code;
}

}  // namespace dosewright::cli
