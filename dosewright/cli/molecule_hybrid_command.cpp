// dosewright molecule hybrid: how firmly a strand holds its RNA, and where that RNA is.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/fasta.hpp"
#include "dosewright/molecule/hybrid.hpp"
#include "dosewright/molecule/scan.hpp"

namespace dosewright::cli {

namespace {

using molecule::Hybrid;
using molecule::Interval;
using molecule::ScanHit;

constexpr std::size_t kMostSites = 10;

struct HybridOptions {
  MoleculeArgument molecule;
  std::string transcript;
  double salt_mol_l = 0.1;
  double strands_umol_l = 8;
  bool json = false;
};

struct Site {
  std::string record;
  ScanHit hit;
};

struct HybridAnswer {
  Hybrid hybrid;
  bool looked = false;  // a transcript was given
  int most_mismatches = 0;
  std::size_t n_sites = 0;
  std::vector<Site> sites;  // the fewest mismatches first
};

// The first and last base of the target that pair with the gap, counted from the target's 5' end.
std::pair<int, int> window_of(const Hybrid& hybrid) {
  const int n = static_cast<int>(hybrid.rna.size());
  return {n + 1 - hybrid.gap_last, n + 1 - hybrid.gap_first};
}

// Sites with up to 3 mismatches; of a short strand only exact ones, others would be anywhere.
Result<Done> find_sites(const molecule::Strand& strand, const std::string& path,
                        HybridAnswer& answer) {
  DW_TRY(loaded, molecule::load_text(path));
  molecule::ScanOptions options;
  options.k = strand.units.size() >= 12 ? 3 : 0;
  const std::vector<molecule::ScanQuery> query = {{"strand", molecule::plain_sequence(strand), {}}};
  DW_TRY(result, molecule::scan(loaded.text, query, options));
  std::ranges::stable_sort(result.hits, {}, &ScanHit::distance);
  answer.looked = true;
  answer.most_mismatches = options.k;
  answer.n_sites = result.hits.size();
  for (const ScanHit& hit : result.hits) {
    if (answer.sites.size() == kMostSites) break;
    answer.sites.push_back({loaded.text.records()[static_cast<std::size_t>(hit.record)].name, hit});
  }
  return Done{};
}

Result<HybridAnswer> compute(const HybridOptions& options) {
  DW_TRY(reading, read_molecule(options.molecule));
  if (reading.molecule.strands.size() != 1) {
    return Fault{{"command line", 0, 0},
                 fmt::format("a hybrid is of one strand with its RNA, found {} strands",
                             reading.molecule.strands.size()),
                 "give the strand that binds the target",
                 {}};
  }
  const molecule::Strand& strand = reading.molecule.strands.front();
  Faults faults;
  HybridAnswer answer;
  auto hybrid = molecule::hybrid(strand, {options.salt_mol_l, options.strands_umol_l * 1e-6});
  if (!hybrid.ok()) faults.merge(hybrid.faults());
  if (!options.transcript.empty()) {
    const auto found = find_sites(strand, options.transcript, answer);
    if (!found.ok()) faults.merge(found.faults());
  }
  if (!faults.empty()) return faults;
  answer.hybrid = std::move(*hybrid);
  return answer;
}

std::string range(Interval interval, int digits) {
  const std::string low = fmt::format("{:.{}f}", interval.low, digits);
  const std::string high = fmt::format("{:.{}f}", interval.high, digits);
  return low == high ? low : low + " to " + high;
}

std::string increments_text(const Hybrid& hybrid) {
  if (hybrid.increments.empty()) return "  no modification that moves it\n";
  std::string text;
  for (const auto& increment : hybrid.increments) {
    text += fmt::format("  {:>3} x {:<24} {:+.2f} to {:+.2f} C each   {}\n", increment.count,
                        increment.name, increment.per.low, increment.per.high, increment.source);
  }
  return text;
}

std::string window_text(const Hybrid& hybrid) {
  if (hybrid.gap_first == 0) return "RNase H window: none, the strand has no deoxyribose\n";
  const auto [first, last] = window_of(hybrid);
  return fmt::format(
      "RNase H window: residues {}-{} are DNA ({}); they pair with bases {}-{} of the target\n",
      hybrid.gap_first, hybrid.gap_last, hybrid.gap_last - hybrid.gap_first + 1, first, last);
}

std::string sites_text(const HybridAnswer& answer) {
  if (!answer.looked) return {};
  if (answer.sites.empty()) {
    return fmt::format("Transcript: no site with at most {} mismatches\n", answer.most_mismatches);
  }
  std::string text = fmt::format("Transcript: {} {}\n", answer.n_sites,
                                 answer.n_sites == 1 ? "site" : "sites, the nearest first");
  const auto [first, last] = window_of(answer.hybrid);
  for (const Site& site : answer.sites) {
    const auto start = static_cast<std::int64_t>(site.hit.position);
    text += fmt::format("  {} {}-{}, {} {}", site.record, start, start + site.hit.length - 1,
                        site.hit.distance, site.hit.distance == 1 ? "mismatch" : "mismatches");
    if (answer.hybrid.gap_first > 0) {
      text += fmt::format("; RNase H window {}-{}", start + first - 1, start + last - 1);
    }
    text += "\n";
  }
  return text;
}

std::string text_of(const HybridAnswer& answer) {
  const Hybrid& hybrid = answer.hybrid;
  std::string text = fmt::format(
      "Hybrid with the RNA 5'-{}-3'\n"
      "Plain DNA with this RNA at 1 mol/l NaCl [Sugimoto1995]: dH {:.1f} kcal/mol, "
      "dS {:.1f} cal/(mol K), dG37 {:.1f} kcal/mol\n"
      "Conditions: {:g} mol/l Na+, {:g} umol/l of both strands together, as much of each\n"
      "Tm of plain DNA: {} C (from dS + 0.368 (n-1) ln[Na+] [SantaLucia1998] to Tm + 16.6 "
      "log10[Na+]\n  [Schildkraut1965]; both made on DNA/DNA, assumed for hybrids)\n",
      hybrid.rna, hybrid.unmodified.dH, hybrid.unmodified.dS, hybrid.unmodified.dG37,
      hybrid.conditions.sodium_mol_l, hybrid.conditions.strands_mol_l * 1e6,
      range(hybrid.tm_unmodified, 1));
  text += increments_text(hybrid);
  text += fmt::format("Tm: {} C\ndG37: {} kcal/mol (enthalpy of the plain hybrid kept: assumed)\n",
                      range(hybrid.tm, 1), range(hybrid.dG37, 1));
  text += window_text(hybrid) + sites_text(answer);
  for (const std::string& note : hybrid.notes) text += "Note: " + note + "\n";
  return text + "\n" + kDisclaimer + "\n";
}

nlohmann::json interval_json(Interval interval) {
  return {{"low", interval.low}, {"high", interval.high}};
}

nlohmann::json sites_json(const HybridAnswer& answer) {
  nlohmann::json list = nlohmann::json::array();
  for (const Site& site : answer.sites) {
    list.push_back({{"record", site.record},
                    {"first", site.hit.position},
                    {"last", site.hit.position + static_cast<std::uint64_t>(site.hit.length) - 1},
                    {"mismatches", site.hit.distance}});
  }
  return list;
}

std::string json_of(const HybridAnswer& answer) {
  const Hybrid& hybrid = answer.hybrid;
  nlohmann::json increments = nlohmann::json::array();
  for (const auto& increment : hybrid.increments) {
    increments.push_back({{"id", increment.id},
                          {"name", increment.name},
                          {"count", increment.count},
                          {"per_C", interval_json(increment.per)},
                          {"source", increment.source}});
  }
  nlohmann::json json = {{"disclaimer", kDisclaimer},
                         {"rna_5to3", hybrid.rna},
                         {"plain_1M_NaCl",
                          {{"dH_kcal_mol", hybrid.unmodified.dH},
                           {"dS_cal_mol_K", hybrid.unmodified.dS},
                           {"dG37_kcal_mol", hybrid.unmodified.dG37},
                           {"source", "Sugimoto1995"}}},
                         {"sodium_mol_l", hybrid.conditions.sodium_mol_l},
                         {"strands_mol_l", hybrid.conditions.strands_mol_l},
                         {"tm_plain_C", interval_json(hybrid.tm_unmodified)},
                         {"increments", increments},
                         {"tm_C", interval_json(hybrid.tm)},
                         {"dG37_kcal_mol", interval_json(hybrid.dG37)},
                         {"notes", hybrid.notes}};
  if (hybrid.gap_first > 0) {
    json["rnase_h_window"] = {{"first_residue", hybrid.gap_first},
                              {"last_residue", hybrid.gap_last},
                              {"first_target_base", window_of(hybrid).first},
                              {"last_target_base", window_of(hybrid).second}};
  }
  if (answer.looked) json["sites"] = sites_json(answer);
  return json.dump(2) + "\n";
}

int run_hybrid(const HybridOptions& options) {
  const auto answer = compute(options);
  if (!answer.ok()) {
    options.json ? print(faults_json(answer.faults())) : print_faults(answer.faults());
    return kExitBadInput;
  }
  print(options.json ? json_of(*answer) : text_of(*answer));
  return kExitDone;
}

}  // namespace

void add_molecule_hybrid_command(CLI::App& group, int& exit_code) {
  CLI::App* command = group.add_subcommand(
      "hybrid", "melting temperature and free energy with the target RNA, as intervals");
  const auto options = std::make_shared<HybridOptions>();
  add_molecule_argument(*command, options->molecule);
  command->add_option("--transcript", options->transcript,
                      "FASTA or packed text: where the target is");
  command->add_option("--salt", options->salt_mol_l, "mol/l of Na+, 0.01 to 2 (default 0.1)");
  command->add_option("--conc", options->strands_umol_l,
                      "umol/l of both strands together (default 8)");
  command->add_flag("--json", options->json, "print JSON");
  command->callback([options, &exit_code] { exit_code = run_hybrid(*options); });
  command->footer(
      "Example: dosewright molecule hybrid programmes/NAME/molecule.toml "
      "--transcript apob.fa\n"
      "Covered: DNA, MOE, 2'-O-methyl, 2'-fluoro, LNA, cEt; A C G T U, 5-methylcytosine; "
      "phosphodiester and\nphosphorothioate. What each adds is an interval with its source.\n"
      "Exit code 0: done. 2: bad input, each fault on standard error.");
}

}  // namespace dosewright::cli
