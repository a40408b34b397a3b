#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/trial/calibrate.hpp"

namespace dosewright::cli {

namespace {

struct CalibrateOptions {
  std::string directory, design;
  int replicates = 8, steps = 3, threads = 0;
  std::uint64_t seed = 11;
  bool write = false;
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
  return text + fmt::format("\nobjective {:.1f} -> {:.1f}\n{}\n", calibration.objective_before,
                            calibration.objective_after, kDisclaimer);
}

int calibrate(const CalibrateOptions& options) {
  auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return print_faults(programme.faults()), kExitBadInput;
  if (const Faults faults = programme::check_simulable(*programme); !faults.empty()) {
    return print_faults(faults), kExitBadInput;
  }
  const auto designs = trial::load_designs(*programme, options.design);
  if (!designs.ok()) return print_faults(designs.faults()), kExitBadInput;
  const InterruptGuard guard;
  trial::CalibrationOptions run;
  run.seed = options.seed;
  run.replicates = options.replicates;
  run.threads = options.threads;
  run.steps = options.steps;
  run.stop = &InterruptGuard::flag();
  run.tell = [](const std::string& line) { print_error(line); };
  const auto calibration = trial::calibrate(*programme, *designs, run);
  if (!calibration.ok()) return print_faults(calibration.faults()), kExitBadInput;
  print(table(*calibration));
  if (calibration->interrupted) {
    print_error("interrupted: nothing was written");
    return kExitInterrupted;
  }
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
  command->add_option("--seed", options->seed, "of all random numbers (default 11)");
  command->add_option("--threads", options->threads, "0: one per core")->check(CLI::Range(0, 1024));
  command->add_flag("--write", options->write, "put the fitted numbers into parameters.toml");
  command->callback([options, &exit_code] { exit_code = calibrate(*options); });
  command->footer(
      "Example: dosewright calibrate programmes/NAME --design phase3 --write\n"
      "Without --write it only prints what it would change.");
}

}  // namespace dosewright::cli
