// dosewright molecule: the identity card, and the group of the other subcommands.
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/molecule_card.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/write.hpp"

namespace dosewright::cli {

namespace {

struct CardOptions {
  MoleculeArgument molecule;
  std::optional<double> salt_mg, micromol;  // at most one of them
  bool json = false;
};

struct ConvertOptions {
  MoleculeArgument molecule;
  std::string to;
  bool salt = false;
  bool json = false;
};

int run_card(const CardOptions& options) {
  auto reading = read_molecule(options.molecule);
  if (!reading.ok()) return fail(reading.faults(), options.json);
  auto identity = molecule::identify(reading->molecule);
  if (!identity.ok()) return fail(identity.faults(), options.json);
  Card card{std::move(*reading), std::move(*identity), std::nullopt};
  card.salt_mg = options.salt_mg;
  if (options.micromol) {
    card.salt_mg = molecule::mg_of_nmol(
        *options.micromol * 1000, molecule::average_mass(card.identity.salt.formula, kAmountTable));
  }
  print(options.json ? card_json(card) : card_text(card));
  return kExitDone;
}

// The text alone goes to standard output; what was lost is said on standard error.
int run_convert(const ConvertOptions& options) {
  auto reading = read_molecule(options.molecule);
  const auto format = molecule::format_named(options.to);
  Faults faults;
  if (!reading.ok()) faults.merge(reading.faults());
  if (!format.ok()) faults.merge(format.faults());
  if (!faults.empty()) return fail(faults, options.json);
  molecule::Molecule molecule = reading->molecule;
  if (options.salt) molecule.n_sodium = n_acid_protons(molecule);
  const auto written = molecule::write(molecule, *format);
  if (!written.ok()) return fail(written.faults(), options.json);
  if (options.json) {
    print(converted_json(*reading, *format, *written));
    return kExitDone;
  }
  print(written->text + "\n");
  const std::string loss = written->lost.empty()
                               ? "lossless: the text reads back as the same molecule"
                               : "lost: " + join(written->lost, "; ");
  for (const std::string& note : reading->notes) print_error("note: " + note);
  print_error(loss);
  print_error(kDisclaimer);
  return kExitDone;
}

void add_convert_command(CLI::App& group, int& exit_code) {
  CLI::App* command =
      group.add_subcommand("convert", "write the molecule in another notation or format");
  const auto options = std::make_shared<ConvertOptions>();
  add_molecule_argument(*command, options->molecule);
  command->add_option("--to", options->to, join(molecule::format_names(), ", "))->required();
  command->add_flag("--salt", options->salt,
                    "the full sodium salt: in names, SMILES, Molfile, InChI and its key");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &exit_code] { exit_code = run_convert(*options); });
  command->footer(
      "Examples:\n"
      "  dosewright molecule convert \"5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC\" --to helm\n"
      "  dosewright molecule convert programmes/NAME/molecule.toml --to name --salt\n"
      "Whether the text holds all of the molecule, or what it loses, stands on standard error.\n"
      "Exit code 0: done. 2: bad input, or a residue that the format has no word for.");
}

}  // namespace

void add_molecule_commands(CLI::App& app, int& exit_code) {
  CLI::App* group = app.add_subcommand(
      "molecule", "identity, masses, metabolites, hybrids and drawings of an oligonucleotide");
  const auto options = std::make_shared<CardOptions>();
  // Not required: with a subcommand the molecule is the subcommand's.
  add_molecule_argument(*group, options->molecule);
  CLI::Option* molecule = group->get_option("MOLECULE")->required(false);
  CLI::Option* mg =
      group->add_option("--mg", options->salt_mg, "so many mg of the sodium salt, in umol and acid")
          ->check(CLI::Range(0.0, 1e9))
          ->check(refuse_nan);
  group->add_option("--umol", options->micromol, "so many umol, in mg of the sodium salt and acid")
      ->check(CLI::Range(0.0, 1e9))
      ->check(refuse_nan)
      ->excludes(mg);
  group->add_flag("--json", options->json, "print JSON");
  add_convert_command(*group, exit_code);
  add_molecule_draw_command(*group, exit_code);
  add_molecule_hybrid_command(*group, exit_code);
  add_molecule_ladder_command(*group, exit_code);
  add_molecule_match_command(*group, exit_code);
  add_molecule_scan_command(*group, exit_code);
  group->callback([group, options, molecule, &exit_code] {
    if (!group->get_subcommands().empty()) return;
    if (molecule->count() == 0) throw CLI::RequiredError("MOLECULE");
    exit_code = run_card(*options);
  });
  group->footer(
      "Without a subcommand the identity card is printed.\n"
      "Examples:\n"
      "  dosewright molecule programmes/NAME/molecule.toml --mg 200\n"
      "  dosewright molecule \"csusagacCfuGfudTuugcuuuuguL96; "
      "asCfsAfaAfAfgCfaAfaAfcAfgGfuCfuagsasa\"\n"
      "A text with two readings is an error that shows both, with formula and mass.\n"
      "Exit code 0: done. 2: bad input, each fault with its place on standard error.");
}

}  // namespace dosewright::cli
