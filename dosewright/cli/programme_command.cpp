#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/programme/show.hpp"
#include "dosewright/trial/mapping.hpp"

namespace dosewright::cli {

namespace {

// Every fault of every file of the folder, designs included.
Faults faults_of(const std::string& directory) {
  Faults faults = programme::check_programme(directory);
  const auto loaded = programme::load_programme(directory);
  if (!loaded.ok()) return faults;
  for (const std::string& name : loaded->designs) {
    if (name == "evidence") continue;
    const auto designs = trial::load_designs(*loaded, name);
    if (!designs.ok()) {
      faults.merge(designs.faults());
      continue;
    }
    const auto mapping = trial::map_evidence(*loaded, *designs, loaded->evidence);
    if (!mapping.ok()) {
      faults.merge(mapping.faults());
      break;  // the same document for every design
    }
  }
  return faults;
}

// What is no fault of the programme: the errors of its documents, found by building the molecule.
std::string notes_on(const std::string& directory) {
  const auto loaded = programme::load_programme(directory);
  if (!loaded.ok() || !loaded->molecule || loaded->molecule->quotes.empty()) return {};
  const programme::Molecule& molecule = *loaded->molecule;
  std::string text = fmt::format(
      "  {} identifiers, formulae and masses that documents quote were compared with the strand\n",
      molecule.quotes.size());
  for (const std::string& finding : molecule.findings) text += "  note: " + finding + "\n";
  return text;
}

int check(const std::string& directory, bool json) {
  const Faults faults = faults_of(directory);
  if (json) {
    print(faults_json(faults));
  } else if (faults.empty()) {
    print(directory + ": no fault found\n" + notes_on(directory) + kDisclaimer + "\n");
  } else {
    print_faults(faults);
  }
  return faults.empty() ? kExitDone : kExitBadInput;
}

int show(const std::string& directory, const std::string& on, bool json) {
  std::optional<Date> day;
  if (!on.empty()) {
    const Result<Date> parsed = parse_date(on);
    if (!parsed.ok()) {
      return fail(Faults({{"--on", 0, 0},
                          "expected a date, found '" + shown_text(on) + "'",
                          "write it as ISO 8601 does: 2013-06-01",
                          ""}),
                  json);
    }
    day = *parsed;
  }
  const auto loaded = programme::load_programme(directory);
  if (!loaded.ok()) return fail(loaded.faults(), json);
  print(json ? programme::show_json(*loaded, day)
             : programme::show(*loaded, day) + "\n" + kDisclaimer + "\n");
  return kExitDone;
}

}  // namespace

void add_programme_commands(CLI::App& app, int& exit_code) {
  CLI::App* group = app.add_subcommand("programme", "read a drug's programme folder");
  group->require_subcommand(1);
  struct Options {
    std::string directory, on;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();

  CLI::App* check_command = group->add_subcommand(
      "check", "report every fault of every file at once, with its place and a way out");
  check_command->add_option("DIR", options->directory, "the programme's folder")->required();
  check_command->add_flag("--json", options->json, "print the faults as JSON");
  check_command->callback(
      [options, &exit_code] { exit_code = check(options->directory, options->json); });
  check_command->footer(
      "Example: dosewright programme check programmes/NAME\n"
      "Exit code 0: no fault. 2: faults, listed on standard error.");

  CLI::App* show_command =
      group->add_subcommand("show", "print the programme as a person would want to read it");
  show_command->add_option("DIR", options->directory, "the programme's folder")->required();
  show_command->add_option("--on", options->on, "a day: the status by jurisdiction on it");
  show_command->add_flag("--json", options->json,
                         "print the regulatory record as JSON: steps, status, supply, documents");
  show_command->callback(
      [options, &exit_code] { exit_code = show(options->directory, options->on, options->json); });
  show_command->footer(
      "Example: dosewright programme show programmes/NAME | less\n"
      "         dosewright programme show programmes/NAME --on 2013-06-01 --json\n"
      "Exit code 0: shown. 2: faults, listed on standard error.");
  add_verify_commands(*group, exit_code);
  add_draw_command(*group, exit_code);
}

}  // namespace dosewright::cli
