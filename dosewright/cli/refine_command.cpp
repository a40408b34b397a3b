#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "dosewright/base/file.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/refine/race.hpp"
#include "dosewright/refine/write.hpp"

namespace dosewright::cli {

namespace {

struct RefineOptions {
  std::string directory, search, out;
  std::int64_t patients = 0, seed = 1, threads = 0;
  bool json = false;
};

// A number given on the command line, with the range that it must lie in.
struct RefineLimit {
  const char* name;
  std::int64_t value, low, high;
  const char* hint;
};

Faults faults_of_refine_line(const RefineOptions& options, bool patients_given) {
  std::vector<RefineLimit> limits = {
      {"--seed", options.seed, 0, INT64_MAX, "any other number gives other virtual patients"},
      {"--threads", options.threads, 0, 1024, "0 means one per core"}};
  if (patients_given) {
    limits.push_back({"--patients", options.patients, refine::kFewestPatients,
                      refine::kMostPatients, "per schedule; leave it out for what the file says"});
  }
  Faults faults;
  for (const RefineLimit& limit : limits) {
    if (limit.value >= limit.low && limit.value <= limit.high) continue;
    faults.add({"command line", 0, 0},
               fmt::format("{} must lie between {} and {}, found {}", limit.name, limit.low,
                           limit.high, limit.value),
               limit.hint);
  }
  if (options.out.empty()) {
    faults.add({"command line", 0, 0}, "--out DIR is needed: where do the results go?");
  }
  return faults;
}

int bad_search(const Faults& faults) {
  print_faults(faults);
  return kExitBadInput;
}

Result<refine::Found> search_all(const programme::Programme& programme,
                                 const refine::Search& search, const RefineOptions& options) {
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> total{0};
  const InterruptGuard guard;
  const ProgressLine line(done, total);
  refine::SearchOptions run;
  run.seed = static_cast<std::uint64_t>(options.seed);
  run.patients = options.patients > 0 ? static_cast<int>(options.patients) : search.patients;
  run.threads = static_cast<int>(options.threads);
  run.stop = &InterruptGuard::flag();
  run.done = &done;
  run.total = &total;
  return refine::find_schedules(programme, search, run);
}

int write_found(const programme::Programme& programme, const refine::Search& search,
                const refine::Found& found, const RefineOptions& options) {
  const refine::SearchFacts facts{&programme, kVersion, static_cast<std::uint64_t>(options.seed)};
  const std::string summary = refine::summary_json(search, found, facts).dump(2) + "\n";
  FileSet files(options.out);
  files.add("refine.html", refine::page(search, found, facts));
  files.add("summary.json", summary);
  files.add("pareto.csv", refine::pareto_csv(search, found));
  files.add("candidates.csv", refine::candidates_csv(search, found));
  if (const auto committed = files.commit(); !committed.ok()) return bad_search(committed.faults());
  print(options.json ? summary
                     : refine::terminal_table(search, found) + "written to " + options.out +
                           ": refine.html summary.json pareto.csv candidates.csv\n");
  const Faults infeasible = refine::infeasible_faults(search, found);
  return infeasible.empty() ? kExitDone : bad_search(infeasible);
}

int refine_schedules(const RefineOptions& options, bool patients_given) {
  Faults faults = faults_of_refine_line(options, patients_given);
  if (!options.out.empty()) {
    if (const auto writable = probe_directory(options.out); !writable.ok()) {
      faults.merge(writable.faults());
    }
  }
  auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return faults.merge(programme.faults()), bad_search(faults);
  faults.merge(programme::check_simulable(*programme));
  if (!programme->has_model) return bad_search(faults);
  auto search = refine::load_search(*programme, options.search);
  if (!search.ok()) faults.merge(search.faults());
  if (!faults.empty()) return bad_search(faults);
  const auto found = search_all(*programme, *search, options);
  if (!found.ok()) return bad_search(found.faults());
  if (found->interrupted) {
    print_error("interrupted: partial results are discarded, nothing was written");
    return kExitInterrupted;
  }
  return write_found(*programme, *search, *found, options);
}

}  // namespace

void add_refine_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "refine", "search dosing schedules: benefit against harm, under constraints");
  const auto options = std::make_shared<RefineOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command
      ->add_option("--search", options->search,
                   "a search of the programme by NAME, or a search FILE of your own")
      ->required();
  auto* patients = command->add_option(
      "--patients", options->patients,
      "per schedule that is carried to the end, in place of what the file says");
  command->add_option("--seed", options->seed, "of all random numbers (default 1)");
  command->add_option("--threads", options->threads,
                      "0: one per core; the results do not depend on it");
  command->add_option("--out", options->out,
                      "folder for refine.html, summary.json, pareto.csv and candidates.csv");
  command->add_flag("--json", options->json, "print summary.json instead of text");
  command->callback([options, patients, &exit_code] {
    exit_code = refine_schedules(*options, patients->count() > 0);
  });
  command->footer(
      "Example: dosewright refine programmes/NAME --search two-years --out out/refine\n"
      "A search file names a design (its population, length and visits), the protocol that gates\n"
      "the doses, the schedules to choose from, objectives, constraints in words and named\n"
      "schedules to compare with:\n"
      "  constraints = [\"confirmed ALT >= 3 ULN in at most 5 %\", \"at most one injection a "
      "day\"]\n"
      "Format and a worked example: docs/refine.md.\n"
      "Exit code 0: done. 2: bad input, output that cannot be written, or no schedule that keeps\n"
      "the constraints (the results are written, and the nearest is named). 130: interrupted.");
}

}  // namespace dosewright::cli
