// dosewright molecule draw: a strand, a duplex or one residue as SVG.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "dosewright/base/file.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/draw.hpp"

namespace dosewright::cli {

namespace {

struct MoleculeDrawOptions {
  MoleculeArgument molecule;
  int residue = 0;  // 0: the whole strand
  int strand = 1;
  std::string out;
};

Result<Done> write_file(const std::string& path, std::string text) {
  const std::filesystem::path file(path);
  FileSet files(file.has_parent_path() ? file.parent_path().string() : ".");
  files.add(file.filename().string(), std::move(text));
  return files.commit();
}

Result<Done> draw(const MoleculeDrawOptions& options) {
  DW_TRY(reading, read_molecule(options.molecule));
  DW_TRY(svg, options.residue == 0
                  ? molecule::draw_strands(reading.molecule)
                  : molecule::draw_residue(reading.molecule, options.strand, options.residue));
  return write_file(options.out, svg);
}

int draw_molecule(const MoleculeDrawOptions& options) {
  const Result<Done> done = draw(options);
  if (!done.ok()) {
    print_faults(done.faults());
    return kExitBadInput;
  }
  print("written: " + options.out + "\n" + kDisclaimer + "\n");
  return kExitDone;
}

}  // namespace

void add_molecule_draw_command(CLI::App& group, int& exit_code) {
  CLI::App* command = group.add_subcommand(
      "draw", "draw a strand or duplex as tiles, or one residue as a structure");
  const auto options = std::make_shared<MoleculeDrawOptions>();
  add_molecule_argument(*command, options->molecule);
  command
      ->add_option("--residue", options->residue,
                   "draw the structure of this residue, counted from 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--strand", options->strand, "of this strand of a duplex, counted from 1")
      ->check(CLI::PositiveNumber);
  command->add_option("--out", options->out, "the SVG file to write")->required();
  command->callback([options, &exit_code] { exit_code = draw_molecule(*options); });
  command->footer(
      "Example: dosewright molecule draw programmes/NAME/molecule.toml --out strand.svg\n"
      "         dosewright molecule draw '5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC' --residue 4 "
      "--out residue.svg\n"
      "A tile has the letter of the base, the sugar by name and colour, and the link behind it.\n"
      "Exit code 0: written. 2: the molecule cannot be read or drawn, or the file not written.");
}

}  // namespace dosewright::cli
