#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/signal/signal.hpp"

namespace dosewright::cli {

namespace {

struct SignalOptions {
  std::string directory;
  signal::Files files;
  bool json = false;
};

int run_signal(const SignalOptions& options) {
  const auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return fail(programme.faults());
  const auto report = signal::find_signals(*programme, options.files);
  if (!report.ok()) return fail(report.faults());
  print(options.json ? signal::report_json(*programme, *report)
                     : signal::report_text(*programme, *report) + "\n" + kDisclaimer + "\n");
  return kExitDone;
}

}  // namespace

void add_signal_command(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "signal",
      "set the adverse events of a study beside what the programme knows, and say what "
      "stands out");
  const auto options = std::make_shared<SignalOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command->add_option("--ae", options->files.ae, "SDTM AE: CSV or SAS transport, by content")
      ->required();
  command->add_option("--dm", options->files.dm, "SDTM DM: who is in which arm")->required();
  command->add_option("--ex", options->files.ex, "SDTM EX: who was dosed, from when to when");
  command->add_option("--control", options->files.control,
                      "the arm to compare with (default: the one that is called placebo)");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &exit_code] { exit_code = run_signal(*options); });
  command->footer(
      "Example: dosewright signal programmes/NAME --ae ae.csv --dm dm.csv --ex ex.csv\n"
      "Exit code 0: read, whatever stands out. 2: bad input. docs/signal.md says what is counted.");
}

}  // namespace dosewright::cli
