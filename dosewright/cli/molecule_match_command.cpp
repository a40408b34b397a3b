// dosewright molecule match: a mass, or a list of peaks, to every molecule that has it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/match.hpp"
#include "dosewright/molecule/peak_list.hpp"
#include "dosewright/molecule/separate.hpp"

namespace dosewright::cli {

namespace {

using molecule::Candidate;
using molecule::FormulaGroup;
using molecule::IsobaricClass;
using molecule::Matcher;
using molecule::Peak;

struct MatchOptions {
  MoleculeArgument molecule;
  std::optional<double> mass;
  int charge = 0;
  bool charge_given = false;
  std::string peaks;
  double ppm = 5;
  std::string average;  // a table of weights; empty: monoisotopic
  molecule::SearchSpace space;
  std::string adducts;
  bool csv = false;
  bool json = false;
};

struct MatchAnswer {
  Peak peak;
  IsobaricClass isobars;
};

struct Answers {
  std::vector<MatchAnswer> list;
  std::vector<std::string> notes;  // of the notation's reader
  double ppm = 5;
};

Fault on_the_line(std::string message, std::string hint) {
  return {{"command line", 0, 0}, std::move(message), std::move(hint), {}};
}

std::vector<Peak> peaks_of(const MatchOptions& options, Faults& faults) {
  if (options.mass.has_value() == !options.peaks.empty()) {
    faults.add(on_the_line("either a MASS or --peaks FILE is needed, and not both",
                           "molecule match MOLECULE 7172.0917"));
    return {};
  }
  if (!options.peaks.empty()) return keep_or(molecule::read_peaks(options.peaks), {}, faults);
  if (options.charge_given && options.charge == 0) {
    faults.add(on_the_line("an ion of charge 0 has no m/z",
                           "leave --charge out for a neutral mass, or give -8 for [M-8H]8-"));
  }
  const Peak peak{*options.mass, options.charge, 0, false};
  for (const Fault& fault : molecule::faults_of(peak)) {
    faults.add(on_the_line(fault.message, fault.hint));
  }
  return {peak};
}

molecule::SearchSpace space_of(const MatchOptions& options, Faults& faults) {
  molecule::SearchSpace space = options.space;
  space.adducts = keep_or(read_adducts(options.adducts), {}, faults);
  if (!space.adducts.empty() && space.most_adducts == 0) space.most_adducts = 1;
  if (!options.average.empty()) {
    space.scale.monoisotopic = false;
    space.scale.table =
        keep_or(molecule::weight_table_named(options.average), space.scale.table, faults);
  }
  return space;
}

double ppm_off(double mass, const IsobaricClass& isobars) {
  return (mass - isobars.mass) / isobars.mass * 1e6;
}

std::string percent(double share) {
  return share >= 0.01 ? fmt::format("{:.0f} %", 100 * share) : "< 1 %";
}

const std::string& kind_of(const Matcher& matcher, const Candidate& member) {
  return molecule::declared(matcher.products()[member.product].kind).id;
}

std::string space_text(const Matcher& matcher) {
  const molecule::SearchSpace& space = matcher.space();
  std::vector<std::string> changes;
  for (const molecule::Change& change : matcher.changes()) changes.push_back(change.name());
  std::string text = fmt::format(
      "Looked for: {} products (parts of the strand with the ends of a cut, up to {} inner\n"
      "deletions, n+1, dimers), with up to {} of these changes: {};\nadducts: ",
      matcher.products().size(), space.products.most_deletions, space.most_changes,
      changes.empty() ? "none is possible" : join(changes, ", "));
  if (space.adducts.empty()) return text + "none. Nothing else was looked for.\n";
  std::vector<std::string> ions;
  for (const auto ion : space.adducts) ions.emplace_back(to_text(ion));
  return text + fmt::format("up to {} of {}. Nothing else was looked for.\n", space.most_adducts,
                            join(ions, ", "));
}

std::string member_line(const Matcher& matcher, const IsobaricClass& isobars, std::size_t rank,
                        const Candidate& member) {
  std::string name = matcher.name(member);
  if (member.n_places > 1) name += fmt::format(" ({:.0f} places)", member.n_places);
  return fmt::format("{:>4} {:>9} {:>6} {:>12.4f} {:>+6.2f}  {:<28} {} [{}]\n", rank + 1,
                     number_text(member.weight, 2), percent(member.weight / isobars.total_weight()),
                     member.mass, ppm_off(member.mass, isobars), to_text(member.formula), name,
                     kind_of(matcher, member));
}

std::string peak_text(const Peak& peak) {
  if (peak.charge == 0) return fmt::format("neutral mass {:.4f} Da", peak.value);
  return fmt::format("m/z {:.4f}, charge {:+d}: neutral mass {:.4f} Da", peak.value, peak.charge,
                     neutral_mass(peak));
}

std::string class_text(const Matcher& matcher, const MatchAnswer& answer, double ppm) {
  const IsobaricClass& isobars = answer.isobars;
  std::string text = fmt::format("{}, within {} ppm\n", peak_text(answer.peak), number_text(ppm));
  const auto ranked = isobars.ranked();
  if (ranked.empty()) return text + "  nothing in the search space has this mass\n";
  double places = 0;
  for (const Candidate* member : ranked) places += member->n_places;
  text += fmt::format("{} formula{}, {} kind{} of molecule, {:.0f} with their places\n",
                      isobars.groups.size(), isobars.groups.size() == 1 ? "" : "e", ranked.size(),
                      ranked.size() == 1 ? "" : "s", places);
  text += "rank     prior  share      mass Da    ppm  formula                      what\n";
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    text += member_line(matcher, isobars, i, *ranked[i]);
  }
  const auto list = separations(matcher, isobars);
  if (!list.empty())
    text += "What would separate them (fragments: changes at their first place):\n";
  for (const molecule::Separation& separation : list) {
    text += fmt::format("  {} from {}:\n", separation.first + 1, separation.second + 1);
    for (const std::string& means : separation.means) text += "    " + means + "\n";
  }
  if (list.size() + 1 < ranked.size()) {
    text += fmt::format("  (1 against the ten behind it; {} more members have no line here)\n",
                        ranked.size() - list.size() - 1);
  }
  if (ranked.size() == 1 && ranked[0]->n_places > 1) {
    text += "Its places share every mass; the fragments d and w of MS/MS find the place.\n";
  }
  return text;
}

std::string text_of(const Matcher& matcher, const Answers& answers) {
  std::string text = fmt::format(
      "Masses: {}. Prior: the product of declared weights (molecule/products.toml), the intact\n"
      "strand has 1; share: its part of the class. Both rank; neither is a measured fraction.\n{}",
      molecule::to_text(matcher.space().scale), space_text(matcher));
  for (const std::string& note : answers.notes) text += "Note: " + note + "\n";
  for (const MatchAnswer& answer : answers.list) {
    text += "\n" + class_text(matcher, answer, answers.ppm);
  }
  return text + "\n" + kDisclaimer + "\n";
}

std::string csv_of(const Matcher& matcher, const Answers& answers) {
  std::string text = fmt::format(
      "# "
      "{}\npeak,value,charge,intensity,rank,name,class,formula,places,mass_Da,ppm_off,prior,"
      "share\n",
      kDisclaimer);
  for (const std::string& note : answers.notes) text.insert(0, "# " + note + "\n");
  for (std::size_t p = 0; p < answers.list.size(); ++p) {
    const auto& [peak, isobars] = answers.list[p];
    const std::string start =
        fmt::format("{},{},{},{}", p + 1, number_text(peak.value), peak.charge,
                    peak.has_intensity ? number_text(peak.intensity) : "");
    const auto ranked = isobars.ranked();
    if (ranked.empty()) text += start + ",,,,,,,,,\n";
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      const Candidate& member = *ranked[i];
      text += fmt::format("{},{},\"{}\",{},{},{:.0f},{:.6f},{:.3f},{},{:.4f}\n", start, i + 1,
                          matcher.name(member), kind_of(matcher, member), to_text(member.formula),
                          member.n_places, member.mass, ppm_off(member.mass, isobars),
                          number_text(member.weight, 6), member.weight / isobars.total_weight());
    }
  }
  return text;
}

nlohmann::json member_json(const Matcher& matcher, const IsobaricClass& isobars,
                           const Candidate& member) {
  return {{"name", matcher.name(member)},
          {"class", kind_of(matcher, member)},
          {"formula", to_text(member.formula)},
          {"places", member.n_places},
          {"mass_Da", member.mass},
          {"ppm_off", ppm_off(member.mass, isobars)},
          {"prior", member.weight},
          {"share", member.weight / isobars.total_weight()}};
}

nlohmann::json answer_json(const Matcher& matcher, const MatchAnswer& answer) {
  const IsobaricClass& isobars = answer.isobars;
  nlohmann::json members = nlohmann::json::array(), separate = nlohmann::json::array();
  for (const Candidate* member : isobars.ranked()) {
    members.push_back(member_json(matcher, isobars, *member));
  }
  for (const molecule::Separation& separation : separations(matcher, isobars)) {
    separate.push_back(
        {{"ranks", {separation.first + 1, separation.second + 1}}, {"means", separation.means}});
  }
  nlohmann::json result = {{"value", answer.peak.value},
                           {"charge", answer.peak.charge},
                           {"neutral_mass_Da", isobars.mass},
                           {"tolerance_Da", isobars.tolerance},
                           {"formulae", isobars.groups.size()},
                           {"members", members},
                           {"separations", separate}};
  if (answer.peak.has_intensity) result["intensity"] = answer.peak.intensity;
  return result;
}

std::string json_of(const Matcher& matcher, const Answers& answers) {
  nlohmann::json changes = nlohmann::json::array(), adducts = nlohmann::json::array();
  for (const molecule::Change& change : matcher.changes()) changes.push_back(change.name());
  for (const auto ion : matcher.space().adducts) adducts.push_back(to_text(ion));
  nlohmann::json peaks = nlohmann::json::array();
  for (const MatchAnswer& answer : answers.list) peaks.push_back(answer_json(matcher, answer));
  return nlohmann::json{{"disclaimer", kDisclaimer},
                        {"scale", molecule::to_text(matcher.space().scale)},
                        {"ppm", answers.ppm},
                        {"notes", answers.notes},
                        {"space",
                         {{"products", matcher.products().size()},
                          {"changes", changes},
                          {"most_changes", matcher.space().most_changes},
                          {"most_deletions", matcher.space().products.most_deletions},
                          {"adducts", adducts},
                          {"most_adducts", matcher.space().most_adducts}}},
                        {"peaks", peaks}}
             .dump(2) +
         "\n";
}

int run_match(const MatchOptions& options) {
  Faults faults;
  for (const Fault& fault : molecule::faults_of_ppm(options.ppm)) {
    faults.add(on_the_line(fault.message, fault.hint));
  }
  const std::vector<Peak> peaks = peaks_of(options, faults);
  molecule::SearchSpace space = space_of(options, faults);
  const auto reading = read_molecule(options.molecule);
  if (!reading.ok()) faults.merge(reading.faults());
  std::optional<Matcher> matcher;
  if (reading.ok()) {
    auto made = Matcher::make(reading->molecule, space);
    if (made.ok()) {
      matcher = *std::move(made);
    } else {
      faults.merge(made.faults());
    }
  }
  if (!faults.empty()) {
    options.json ? print(faults_json(faults)) : print_faults(faults);
    return kExitBadInput;
  }
  Answers answers{{}, reading->notes, options.ppm};
  for (const Peak& peak : peaks) {
    const double tolerance = tolerance_of(peak, options.ppm);
    answers.list.push_back({peak, matcher->match(neutral_mass(peak), tolerance)});
  }
  print(options.json  ? json_of(*matcher, answers)
        : options.csv ? csv_of(*matcher, answers)
                      : text_of(*matcher, answers));
  return kExitDone;
}

void add_options(CLI::App& command, MatchOptions& options) {
  add_molecule_argument(command, options.molecule);
  command.add_option("MASS", options.mass, "a neutral mass in Da, or m/z together with --charge");
  command.add_option("--peaks", options.peaks,
                     "a CSV file with a column mass, or mz and charge; intensity is carried along");
  command.add_option("--ppm", options.ppm, "tolerance in parts per million (default 5)");
  command.add_option("--average", options.average,
                     "masses are average ones, by IUPAC2021, IUPAC2007 or IUPAC1993");
  command.add_option("--changes", options.space.most_changes,
                     "changed links and bases together, 0 to 3 (default 2)");
  command.add_option("--deletions", options.space.products.most_deletions,
                     "inner residues missing together, 0 to 4 (default 2)");
  command.add_option("--adducts", options.adducts, "adducts to allow: Na,K,NH4,TEA");
  command.add_option("--most-adducts", options.space.most_adducts, "of all together (default 1)");
  command.add_flag("--csv", options.csv, "print a table for a spreadsheet");
  command.add_flag("--json", options.json, "print JSON");
}

}  // namespace

void add_molecule_match_command(CLI::App& group, int& exit_code) {
  CLI::App* command = group.add_subcommand(
      "match", "find every product of a strand that has a mass, and what would separate them");
  const auto options = std::make_shared<MatchOptions>();
  add_options(*command, *options);
  auto* charge =
      command->add_option("--charge", options->charge, "MASS is m/z of this charge, with its sign");
  command->callback([options, charge, &exit_code] {
    options->charge_given = charge->count() > 0;
    exit_code = run_match(*options);
  });
  command->footer(
      "Examples:\n"
      "  dosewright molecule match programmes/NAME/molecule.toml 6719.06 --ppm 20\n"
      "  dosewright molecule match programmes/NAME/molecule.toml 895.5042 --charge -8\n"
      "  dosewright molecule match programmes/NAME/molecule.toml --peaks peaks.csv --csv\n"
      "A mass is never one molecule: the whole isobaric class is printed, ranked by declared "
      "weights.\n"
      "Exit code 0: done, also where nothing matched. 2: bad input, each fault on standard error.");
}

}  // namespace dosewright::cli
