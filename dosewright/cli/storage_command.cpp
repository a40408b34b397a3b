#include <CLI/CLI.hpp>
#include <memory>

#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/decide/storage.hpp"

namespace dosewright::cli {

namespace {

struct StorageOptions {
  std::string directory, log;
  std::string longest_gap = "2 h";
  bool json = false;
};

int judge(const StorageOptions& options) {
  const auto gap = parse_measure(options.longest_gap);
  if (!gap.ok() || gap->unit.dimension != parse_unit("h")->dimension || gap->canonical <= 0) {
    return fail(Faults({{"--longest-gap", 0, 0},
                        "expected a time, found '" + options.longest_gap + "'",
                        "write \"2 h\"",
                        ""}));
  }
  const auto minutes = minutes_from_hours(gap->canonical);
  if (!minutes.ok()) return fail(minutes.faults());
  const auto programme = programme::load_programme(options.directory);
  if (!programme.ok()) return fail(programme.faults());
  const auto answer = decide::judge_storage(*programme, options.log, *minutes);
  if (!answer.ok()) return fail(answer.faults());
  print(options.json ? decide::storage_json(*answer)
                     : decide::storage_text(*answer) + "\n" + kDisclaimer + "\n");
  return answer->usable ? kExitDone : kExitFailed;
}

}  // namespace

void add_storage_command(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("storage", "judge a temperature log: usable until when, or discard");
  const auto options = std::make_shared<StorageOptions>();
  command->add_option("DIR", options->directory, "the programme's folder")->required();
  command->add_option("--log", options->log, "CSV of a logger: time,temperature[,unit]")
      ->required();
  command->add_option("--longest-gap", options->longest_gap,
                      "between two readings (default \"2 h\")");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &exit_code] { exit_code = judge(*options); });
  command->footer(
      "Example: dosewright storage programmes/NAME --log fridge.csv\n"
      "Exit code 0: usable. 1: discard. 2: the log has faults.");
}

}  // namespace dosewright::cli
