// dosewright molecule ladder: what a strand turns into, with masses and m/z.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/isotopes.hpp"
#include "dosewright/molecule/ladder.hpp"
#include "dosewright/molecule/match.hpp"

namespace dosewright::cli {

namespace {

using molecule::Formula;
using molecule::LadderRow;

constexpr std::size_t kMostIonColumns = 8;
constexpr double kLeastShown = 1e-3;  // of an isotope peak, as a fraction of the molecules

struct LadderOptions {
  MoleculeArgument molecule;
  molecule::ProductOptions products{.inner_parts = false};
  std::vector<int> charges;
  std::string adducts;
  int most_adducts = 1;
  std::string table = "IUPAC2021";
  bool isotopes = false;
  bool csv = false;
  bool json = false;
};

// The isotopes of one intact strand.
struct Isotopes {
  std::string name;
  Formula formula;
  molecule::Envelope envelope;
  molecule::Isotopologue top;
};

struct Ladder {
  std::vector<LadderRow> rows;
  std::vector<molecule::Ion> ions;
  molecule::WeightTable table = molecule::WeightTable::kIupac2021;
  std::vector<double> mz;  // row by row, monoisotopic
  std::vector<Isotopes> isotopes;
  std::vector<std::string> notes;  // of the notation's reader

  double monoisotopic(std::size_t row) const {
    return molecule::monoisotopic_mass(rows[row].formula);
  }
  double average(std::size_t row) const { return average_mass(rows[row].formula, table); }
};

Result<Ladder> compute(const LadderOptions& options) {
  Faults faults;
  Ladder ladder;
  const auto reading = read_molecule(options.molecule);
  if (!reading.ok()) faults.merge(reading.faults());
  const auto adducts = keep_or(read_adducts(options.adducts), {}, faults);
  ladder.ions =
      keep_or(molecule::ions_of(options.charges, adducts, options.most_adducts), {}, faults);
  ladder.table = keep_or(molecule::weight_table_named(options.table), ladder.table, faults);
  if (reading.ok()) {
    ladder.notes = reading->notes;
    ladder.rows = keep_or(molecule::ladder_of(reading->molecule, options.products), {}, faults);
  }
  if (!faults.empty()) return faults;
  for (const LadderRow& row : ladder.rows) {
    if (!options.isotopes || row.kind != "parent") continue;
    ladder.isotopes.push_back({row.name, row.formula, isotope_envelope(row.formula),
                               most_abundant_isotopologue(row.formula)});
  }
  std::vector<double> masses;
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) masses.push_back(ladder.monoisotopic(i));
  ladder.mz.resize(masses.size() * ladder.ions.size());
  mz_table(masses, ladder.ions, molecule::MassScale{}, ladder.mz);
  return ladder;
}

std::string heading(const Ladder& ladder, std::size_t columns) {
  std::string line = fmt::format("{:<52} {:<28} {:>12} {:>10} {:>9}", "name", "formula",
                                 "monoisotopic", "average", "prior");
  for (std::size_t k = 0; k < columns; ++k) {
    line += fmt::format(" {:>14}", molecule::to_text(ladder.ions[k]));
  }
  return line + "\n";
}

std::string line_of(const Ladder& ladder, std::size_t row, std::size_t columns) {
  const LadderRow& entry = ladder.rows[row];
  std::string name = entry.name;
  if (entry.n_places > 1) name += fmt::format(" ({:.0f} places)", entry.n_places);
  std::string line =
      fmt::format("{:<52} {:<28} {:>12.4f} {:>10.2f} {:>9}", name, to_text(entry.formula),
                  ladder.monoisotopic(row), ladder.average(row), number_text(entry.weight, 3));
  for (std::size_t k = 0; k < columns; ++k) {
    line += fmt::format(" {:>14.4f}", ladder.mz[row * ladder.ions.size() + k]);
  }
  return line + "\n";
}

// "12C228 13C2 1H324 ..."
std::string nuclides_text(const molecule::Isotopologue& isotopologue) {
  std::vector<std::string> parts;
  for (const molecule::IsotopeCount& nuclide : isotopologue.nuclides) {
    parts.push_back(fmt::format("{}{}{}", nuclide.mass_number, symbol(nuclide.element), nuclide.n));
  }
  return join(parts, " ");
}

std::string isotopes_text(const Ladder& ladder, const Isotopes& isotopes, std::size_t columns) {
  std::string text = fmt::format(
      "\nisotopes of {}, {}: peaks of one nominal mass, at least {} of the molecules\n"
      "{:>11} {:>14} {:>10}",
      isotopes.name, to_text(isotopes.formula), number_text(kLeastShown), "mass number",
      "mean mass Da", "fraction");
  for (std::size_t k = 0; k < columns; ++k) {
    text += fmt::format(" {:>14}", molecule::to_text(ladder.ions[k]));
  }
  text += "\n";
  const molecule::IsotopePeak& top = most_abundant(isotopes.envelope);
  for (const molecule::IsotopePeak& peak : isotopes.envelope.peaks) {
    if (peak.abundance < kLeastShown) continue;
    text += fmt::format("{:>11} {:>14.4f} {:>10.5f}", peak.mass_number, peak.mass, peak.abundance);
    for (std::size_t k = 0; k < columns; ++k) {
      text += fmt::format(" {:>14.4f}", mz(peak.mass, ladder.ions[k], molecule::MassScale{}));
    }
    text += &peak == &top ? "  most abundant\n" : "\n";
  }
  return text + fmt::format("most abundant isotopologue: {}, {:.4f} Da, fraction {:.5f}\n",
                            nuclides_text(isotopes.top), isotopes.top.mass, isotopes.top.abundance);
}

std::string text_of(const Ladder& ladder) {
  const std::size_t columns = std::min(ladder.ions.size(), kMostIonColumns);
  std::string text = fmt::format(
      "Masses of neutral acids in Da, m/z monoisotopic. Average by {}.\n"
      "Prior: a declared weight that ranks, the intact strand has 1; no measured fraction.\n",
      name(ladder.table));
  for (const std::string& note : ladder.notes) text += "Note: " + note + "\n";
  std::string kind;
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) {
    const LadderRow& row = ladder.rows[i];
    if (row.kind != kind) {
      kind = row.kind;
      text += fmt::format("\n{} ({})\n{}", kind, row.origin, heading(ladder, columns));
    }
    text += line_of(ladder, i, columns);
  }
  if (columns < ladder.ions.size()) {
    text += fmt::format("\n{} of {} ions are shown; --csv or --json has all.\n", columns,
                        ladder.ions.size());
  }
  for (const Isotopes& isotopes : ladder.isotopes) text += isotopes_text(ladder, isotopes, columns);
  return text + "\n" + kDisclaimer + "\n";
}

// One row per product; with ions one row per product and ion.
std::string csv_of(const Ladder& ladder) {
  const std::size_t n = ladder.ions.size();
  std::string text =
      fmt::format("# {}\nclass,name,formula,places,prior,monoisotopic_Da,average_{}_Da{}\n",
                  kDisclaimer, id(ladder.table), n == 0 ? "" : ",ion,mz");
  for (const std::string& note : ladder.notes) text.insert(0, "# " + note + "\n");
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) {
    const LadderRow& row = ladder.rows[i];
    const std::string start = fmt::format(
        "{},\"{}\",{},{:.0f},{},{:.6f},{:.4f}", row.kind, row.name, to_text(row.formula),
        row.n_places, number_text(row.weight, 6), ladder.monoisotopic(i), ladder.average(i));
    if (n == 0) text += start + "\n";
    for (std::size_t k = 0; k < n; ++k) {
      text += fmt::format("{},{},{:.6f}\n", start, molecule::to_text(ladder.ions[k]),
                          ladder.mz[i * n + k]);
    }
  }
  return text;
}

nlohmann::json isotopes_json(const Ladder& ladder) {
  nlohmann::json list = nlohmann::json::array();
  for (const Isotopes& isotopes : ladder.isotopes) {
    nlohmann::json peaks = nlohmann::json::array();
    for (const molecule::IsotopePeak& peak : isotopes.envelope.peaks) {
      peaks.push_back({{"mass_number", peak.mass_number},
                       {"mean_mass_Da", peak.mass},
                       {"fraction", peak.abundance}});
    }
    list.push_back({{"name", isotopes.name},
                    {"formula", to_text(isotopes.formula)},
                    {"peaks", peaks},
                    {"cut_off", isotopes.envelope.lost},
                    {"most_abundant_mass_Da", most_abundant(isotopes.envelope).mass},
                    {"most_abundant_isotopologue",
                     {{"nuclides", nuclides_text(isotopes.top)},
                      {"mass_Da", isotopes.top.mass},
                      {"fraction", isotopes.top.abundance}}}});
  }
  return list;
}

std::string json_of(const Ladder& ladder) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) {
    const LadderRow& row = ladder.rows[i];
    nlohmann::json ions = nlohmann::json::array();
    for (std::size_t k = 0; k < ladder.ions.size(); ++k) {
      ions.push_back({{"ion", molecule::to_text(ladder.ions[k])},
                      {"charge", ladder.ions[k].charge},
                      {"mz", ladder.mz[i * ladder.ions.size() + k]}});
    }
    list.push_back({{"class", row.kind},
                    {"name", row.name},
                    {"formula", to_text(row.formula)},
                    {"places", row.n_places},
                    {"prior", row.weight},
                    {"prior_origin", row.origin},
                    {"monoisotopic_Da", ladder.monoisotopic(i)},
                    {"average_Da", ladder.average(i)},
                    {"ions", ions}});
  }
  const nlohmann::json whole = {{"disclaimer", kDisclaimer},
                                {"average_table", id(ladder.table)},
                                {"notes", ladder.notes},
                                {"products", list},
                                {"isotopes", isotopes_json(ladder)}};
  return whole.dump(2) + "\n";
}

int run_ladder(const LadderOptions& options) {
  const auto ladder = compute(options);
  if (!ladder.ok()) {
    options.json ? print(faults_json(ladder.faults())) : print_faults(ladder.faults());
    return kExitBadInput;
  }
  print(options.json ? json_of(*ladder) : options.csv ? csv_of(*ladder) : text_of(*ladder));
  return kExitDone;
}

}  // namespace

void add_molecule_ladder_command(CLI::App& group, int& exit_code) {
  CLI::App* command = group.add_subcommand(
      "ladder", "list metabolites and impurities of a strand with formula, mass and m/z");
  const auto options = std::make_shared<LadderOptions>();
  add_molecule_argument(*command, options->molecule);
  command->add_option("--charge", options->charges,
                      "charges of the ions with their sign: -8, or several: --charge -6 -7 -8");
  command->add_option("--adducts", options->adducts, "adducts of the ions: Na,K,NH4,TEA");
  command->add_option("--most-adducts", options->most_adducts, "up to so many of each (default 1)")
      ->check(CLI::Range(1, molecule::kMostAdducts));
  command->add_option("--table", options->table,
                      "atomic weights of average masses: IUPAC2021, IUPAC2007, IUPAC1993");
  command->add_option("--deletions", options->products.most_deletions,
                      "inner residues missing together, 0 to 4 (default 2)");
  command->add_flag("--inner", options->products.inner_parts,
                    "also the parts that have lost both ends of the strand");
  command->add_flag("--isotopes", options->isotopes,
                    "also the isotope peaks of the intact strand, as text or JSON");
  command->add_flag("--csv", options->csv, "print a table for a spreadsheet");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &exit_code] { exit_code = run_ladder(*options); });
  command->footer(
      "Example: dosewright molecule ladder programmes/NAME/molecule.toml --charge -8 -9\n"
      "  lists the strand, its 5' and 3' shortmers with hydroxyl, phosphate and thiophosphate "
      "ends,\n"
      "  n-1, n+1, PS to PO, lost and changed bases, CNET, dimers.\n"
      "Exit code 0: done. 2: bad input, each fault on standard error.");
}

}  // namespace dosewright::cli
