#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/trial/calibrate.hpp"

namespace dosewright::cli {

namespace {

struct CalibrateOptions {
  std::string directory, design, out;
  int replicates = 8, steps = 3, threads = 0;
  std::uint64_t seed = 11;
  bool write = false;
  std::string optimiser = "gauss-newton";
};

std::string table(const trial::Calibration& calibration) {
  std::string text = "row       published    before     after        SD\n";
  for (const auto& row : calibration.rows) {
    text +=
        fmt::format("{:<8} {:>10} {:>9} {:>9} {:>9}\n", row.row, number_text(row.published, 4),
                    number_text(row.before, 4), number_text(row.after, 4), number_text(row.sd, 3));
  }
  text +=
      "\nparameter            what       moved by   SE   (on its scale: log, logit, or the unit)\n";
  for (const auto& number : calibration.numbers) {
    text += fmt::format("{:<20} {:<9} {:>9.3g} {:>6.2g}\n", number.parameter,
                        number.spread ? "spread" : "typical", number.fitted - number.start,
                        number.standard_error);
  }
  if (calibration.resumed > 0) {
    text += fmt::format("\n{} of {} simulations were there from an earlier run\n",
                        calibration.resumed, calibration.simulations);
  }
  return text + fmt::format("\nobjective {:.1f} -> {:.1f}\n{}\n", calibration.objective_before,
                            calibration.objective_after, kDisclaimer);
}

constexpr const char* kState = "calibration.state.json";

// The simulations of an earlier run in the same folder; "": none.
Result<std::string> earlier_state(const CalibrateOptions& options) {
  if (options.out.empty()) return std::string();
  if (const auto writable = probe_directory(options.out); !writable.ok()) return writable.faults();
  const std::string path = options.out + "/" + kState;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::string();
  return read_text(path);
}

// A state that cannot be written is told once, at the end; the fit itself goes on.
class StateFile {
 public:
  explicit StateFile(std::string folder) : folder_(std::move(folder)) {}

  void keep(const std::string& state) {
    FileSet files(folder_);
    files.add(kState, state);
    const auto written = files.commit();
    faults_ = written.ok() ? Faults() : written.faults();
  }
  const Faults& faults() const { return faults_; }

 private:
  std::string folder_;
  Faults faults_;
};

int tell_interrupted(const CalibrateOptions& options, const trial::Calibration& calibration) {
  print_error(options.out.empty()
                  ? std::string("interrupted: nothing was written")
                  : fmt::format("interrupted: {} simulations are kept in {}/{}; the same command "
                                "goes on from there",
                                calibration.simulations, options.out, kState));
  return kExitInterrupted;
}

int calibrate(const CalibrateOptions& options) {
  auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return print_faults(programme.faults()), kExitBadInput;
  if (const Faults faults = programme::check_simulable(*programme); !faults.empty()) {
    return print_faults(faults), kExitBadInput;
  }
  const auto designs = trial::load_designs(*programme, options.design);
  if (!designs.ok()) return print_faults(designs.faults()), kExitBadInput;
  const auto state = earlier_state(options);
  if (!state.ok()) return print_faults(state.faults()), kExitBadInput;
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> total{0};
  StateFile file(options.out);
  const InterruptGuard guard;
  trial::CalibrationOptions run;
  run.resume = *state;
  run.done = &done;
  run.total = &total;
  if (!options.out.empty()) run.keep = [&](const std::string& text) { file.keep(text); };
  run.seed = options.seed;
  run.replicates = options.replicates;
  run.threads = options.threads;
  run.steps = options.steps;
  run.stop = &InterruptGuard::flag();
  if (options.optimiser == "bobyqa") run.optimiser = trial::Optimiser::kBobyqa;
  run.tell = [](const std::string& line) { print_error(line); };
  std::optional<ProgressLine> line(std::in_place, done, total);
  const auto calibration = trial::calibrate(*programme, *designs, run);
  line.reset();
  if (!calibration.ok()) return print_faults(calibration.faults()), kExitBadInput;
  print(table(*calibration));
  if (!file.faults().empty()) return print_faults(file.faults()), kExitBadInput;
  if (calibration->interrupted) return tell_interrupted(options, *calibration);
  if (!options.write) return kExitDone;
  const auto old = read_text(options.directory + "/parameters.toml");
  if (!old.ok()) return print_faults(old.faults()), kExitBadInput;
  FileSet files(options.directory);
  files.add("parameters.toml", trial::with_fitted(*old, *programme, *calibration));
  if (const auto written = files.commit(); !written.ok()) {
    return print_faults(written.faults()), kExitBadInput;
  }
  print("written: " + options.directory + "/parameters.toml\n");
  return kExitDone;
}

}  // namespace

void add_calibrate_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "calibrate", "fit every parameter that says calibrated_to to the rows that it names");
  const auto options = std::make_shared<CalibrateOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command->add_option("--design", options->design, "the design that holds the trials of those rows")
      ->required();
  command->add_option("--replicates", options->replicates, "of every simulation (default 8)")
      ->check(CLI::Range(2, 10000));
  command->add_option("--steps", options->steps, "at most so many (default 3)")
      ->check(CLI::Range(1, 100));
  command
      ->add_option("--optimiser", options->optimiser,
                   "bobyqa of NLopt, without slopes, for comparison (default gauss-newton)")
      ->check(CLI::IsMember({"gauss-newton", "bobyqa"}));
  command->add_option("--seed", options->seed, "of all random numbers (default 11)");
  command->add_option("--threads", options->threads, "0: one per core")->check(CLI::Range(0, 1024));
  command->add_option("--out", options->out,
                      "folder for the simulations so far: after Ctrl-C the same command goes on");
  command->add_flag("--write", options->write,
                    "put the fitted numbers and their uncertainty into parameters.toml");
  command->callback([options, &exit_code] { exit_code = calibrate(*options); });
  command->footer(
      "Example: dosewright calibrate programmes/NAME --design all --write\n"
      "The search begins at the priors of parameters.toml, so the same command gives the same\n"
      "file from any state. Without --write it only prints what it would change. With --out DIR "
      "it\n"
      "can be interrupted: every simulation is kept in DIR/calibration.state.json, and the same\n"
      "command goes on from there to the same numbers. Rows of status 'document' are refused.");
}

}  // namespace dosewright::cli
