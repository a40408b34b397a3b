#include "dosewright/molecule/hybrid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/packed_text.hpp"

namespace dosewright::molecule {
namespace {

constexpr double kZeroCelsius = 273.15, kBody = 310.15;  // kelvin

// [Sugimoto1995, table 3], the RNA strand 5' to 3'. Compared with the tables of Biopython
// (R_DNA_NN1, corrected in its issue 3280) and of two further public programs: no value differs.
constexpr std::array<NearestNeighbour, 16> kNeighbours = {{{"AA", -7.8, -21.9, -1.0},
                                                           {"AC", -5.9, -12.3, -2.1},
                                                           {"AG", -9.1, -23.5, -1.8},
                                                           {"AU", -8.3, -23.9, -0.9},
                                                           {"CA", -9.0, -26.1, -0.9},
                                                           {"CC", -9.3, -23.2, -2.1},
                                                           {"CG", -16.3, -47.1, -1.7},
                                                           {"CU", -7.0, -19.7, -0.9},
                                                           {"GA", -5.5, -13.5, -1.3},
                                                           {"GC", -8.0, -17.1, -2.7},
                                                           {"GG", -12.8, -31.9, -2.9},
                                                           {"GU", -7.8, -21.6, -1.1},
                                                           {"UA", -7.8, -23.2, -0.6},
                                                           {"UC", -8.6, -22.9, -1.5},
                                                           {"UG", -10.4, -28.4, -1.6},
                                                           {"UU", -11.5, -36.4, -0.2}}};

enum class Part { kBase, kSugar, kLink };

struct Known {
  Part part;
  std::string_view id, name;
  Interval per;
  std::string_view source;
};

// Degrees of Tm that one residue or link adds to the hybrid of the plain DNA strand.
constexpr std::array<Known, 12> kKnown = {{
    {Part::kSugar,
     "moe",
     "2'-O-methoxyethyl",
     {0.9, 1.6},
     "[BenchChem-MOE]; in a 10-mer 4.1 were measured [Sabahi2001]"},
    {Part::kSugar, "m", "2'-O-methyl", {0.9, 1.5}, "[BenchChem-MOE]; 1.3 in [BenchChem-OMe]"},
    {Part::kSugar, "f", "2'-fluoro", {1.3, 2.5}, "[BenchChem-OMe] to [BenchChem-MOE]"},
    {Part::kSugar,
     "lna",
     "locked (LNA)",
     {3.0, 5.2},
     "[Wahlestedt2000, table 1: 27 degrees for 9] to [PMC3192227: one residue]"},
    {Part::kSugar, "cet", "constrained ethyl (cEt)", {3.0, 5.2}, "assumed to be as for LNA"},
    {Part::kBase,
     "5mC",
     "5-methylcytosine",
     {0.0, 1.3},
     "high end [GeneLink-Pyrimidines]; low end assumed: no effect"},
    {Part::kBase,
     "U",
     "uracil for thymine",
     {-1.3, 0.0},
     "assumed: the loss of a 5-methyl, as its gain for cytosine"},
    {Part::kLink,
     "s",
     "phosphorothioate",
     {-0.7, -0.35},
     "low end [Sabahi2001, table 1: -6.3 degrees for 9 links]; high end assumed: half of it"},
    {Part::kLink,
     "sR",
     "phosphorothioate (Rp)",
     {-0.7, -0.35},
     "assumed to be as for undefined phosphorus, see phosphorothioate"},
    {Part::kLink,
     "sS",
     "phosphorothioate (Sp)",
     {-0.7, -0.35},
     "assumed to be as for undefined phosphorus, see phosphorothioate"},
    {Part::kLink, "p", "phosphodiester", {0, 0}, ""},
    {Part::kSugar, "d", "deoxyribose", {0, 0}, ""},
}};

const Known* find(Part part, std::string_view id) {
  const auto found = std::ranges::find_if(
      kKnown, [&](const Known& known) { return known.part == part && known.id == id; });
  return found == kKnown.end() ? nullptr : &*found;
}

bool is_plain(std::string_view base) {
  return base == "A" || base == "C" || base == "G" || base == "T";
}

std::string_view word(Part part) {
  return part == Part::kBase ? "base" : part == Part::kSugar ? "sugar" : "link";
}

// Counts the parts of a strand that have an increment, and keeps what has no data.
class Tally {
 public:
  void take(Part part, const std::string& id, std::size_t residue) {
    if (id.empty() || (part == Part::kBase && is_plain(id))) return;
    const Known* const known = find(part, id);
    if (known != nullptr) {
      ++counts_[static_cast<std::size_t>(known - kKnown.data())];
      return;
    }
    faults_.add({"residue " + std::to_string(residue + 1), 0, 0},
                fmt::format("there are no hybrid data for the {} '{}'", word(part), id),
                "strands of deoxyribose, MOE, 2'-O-methyl, 2'-fluoro, LNA and cEt, with A C G T U "
                "and 5mC, joined by phosphodiesters or phosphorothioates, are covered");
  }
  std::vector<Increment> increments() const {
    std::vector<Increment> list;
    for (std::size_t i = 0; i < kKnown.size(); ++i) {
      const Known& known = kKnown[i];
      if (counts_[i] == 0 || (known.per.low == 0 && known.per.high == 0)) continue;
      list.push_back({std::string(known.id), std::string(known.name), counts_[i], known.per,
                      std::string(known.source)});
    }
    return list;
  }
  Faults& faults() { return faults_; }

 private:
  std::array<int, kKnown.size()> counts_{};
  Faults faults_;
};

void check_range(double value, Interval range, const char* what, const char* hint, Faults& faults) {
  if (value >= range.low && value <= range.high) return;
  faults.add({"command line", 0, 0},
             fmt::format("{} must lie between {:g} and {:g} mol/l, found {:g}", what, range.low,
                         range.high, value),
             hint);
}

Tally tally_of(const Strand& strand, const HybridConditions& conditions) {
  Tally tally;
  for (std::size_t i = 0; i < strand.units.size(); ++i) {
    tally.take(Part::kBase, strand.units[i].base, i);
    tally.take(Part::kSugar, strand.units[i].sugar, i);
    tally.take(Part::kLink, strand.units[i].link, i);
  }
  if (strand.units.size() < 2) {
    tally.faults().add({"strand", 0, 0}, "a hybrid needs at least two residues");
  }
  check_range(conditions.sodium_mol_l, kSodiumRange, "the salt",
              "the tables were made at 1 mol/l; 0.1 to 0.15 is near physiological", tally.faults());
  check_range(conditions.strands_mol_l, kStrandsRange, "the strands",
              "--conc is in umol/l: from 1e-6 to 10000; 8 is the default", tally.faults());
  return tally;
}

// Only bases that the tally knows stand here.
std::string target_of(const Strand& strand) {
  std::string rna;
  for (auto unit = strand.units.rbegin(); unit != strand.units.rend(); ++unit) {
    const char base = unit->base == "5mC" ? 'C' : unit->base.front();
    const char letter = base_letter(complement(base_mask(base)));
    rna += letter == 'T' ? 'U' : letter;
  }
  return rna;
}

Interval salted_tm(const Stability& stability, std::size_t n, const HybridConditions& conditions) {
  Stability salted = stability;
  salted.dS += 0.368 * static_cast<double>(n - 1) * std::log(conditions.sodium_mol_l);
  const double by_entropy = melting_temperature(salted, conditions.strands_mol_l);
  const double by_degrees = melting_temperature(stability, conditions.strands_mol_l) +
                            16.6 * std::log10(conditions.sodium_mol_l);
  return {std::min(by_entropy, by_degrees), std::max(by_entropy, by_degrees)};
}

// The entropy that gives this Tm with the enthalpy kept, and from it the free energy.
double free_energy_at_37(double dH, double tm, double strands_mol_l) {
  const double dS = 1000 * dH / (tm + kZeroCelsius) - kGasConstant * std::log(strands_mol_l / 4);
  return dH - kBody * dS / 1000;
}

void add_notes(const Strand& strand, Hybrid& result) {
  if (!strand.five_end.conjugate.empty() || !strand.three_end.conjugate.empty()) {
    result.notes.push_back("conjugates are left out: assumed to be without effect");
  }
  if (strand.units.size() < 5 || strand.units.size() > 16) {
    result.notes.push_back(
        "the table was made on short hybrids; at this length it is extrapolated");
  }
}

}  // namespace

std::span<const NearestNeighbour> hybrid_neighbours() {
  return kNeighbours;
}

Stability hybrid_stability(std::string_view rna) {
  DW_CHECK(rna.size() >= 2, "a hybrid needs two pairs");
  Stability sum = {kHybridInitiation.dH, kHybridInitiation.dS, 0};
  for (std::size_t i = 0; i + 1 < rna.size(); ++i) {
    const auto pair = std::ranges::find(kNeighbours, rna.substr(i, 2), &NearestNeighbour::rna);
    DW_CHECK(pair != kNeighbours.end(), std::string(rna));
    sum.dH += pair->dH;
    sum.dS += pair->dS;
  }
  sum.dG37 = sum.dH - kBody * sum.dS / 1000;
  return sum;
}

double melting_temperature(const Stability& stability, double strands_mol_l) {
  return 1000 * stability.dH / (stability.dS + kGasConstant * std::log(strands_mol_l / 4)) -
         kZeroCelsius;
}

Result<Hybrid> hybrid(const Strand& strand, const HybridConditions& conditions) {
  Tally tally = tally_of(strand, conditions);
  if (!tally.faults().empty()) return tally.faults();
  Hybrid result;
  result.conditions = conditions;
  result.rna = target_of(strand);
  result.unmodified = hybrid_stability(result.rna);
  result.tm_unmodified = salted_tm(result.unmodified, strand.units.size(), conditions);
  result.tm = result.tm_unmodified;
  result.increments = tally.increments();
  for (const Increment& increment : result.increments) {
    result.tm.low += increment.count * increment.per.low;
    result.tm.high += increment.count * increment.per.high;
  }
  result.dG37 = {free_energy_at_37(result.unmodified.dH, result.tm.high, conditions.strands_mol_l),
                 free_energy_at_37(result.unmodified.dH, result.tm.low, conditions.strands_mol_l)};
  const auto gap = longest_gap(sugar_letters(strand));
  result.gap_first = gap.second < gap.first ? 0 : gap.first + 1;
  result.gap_last = gap.second + 1;
  add_notes(strand, result);
  return result;
}

std::string sugar_letters(const Strand& strand) {
  std::string letters;
  for (const Unit& unit : strand.units) letters += unit.sugar == "d" ? 'd' : 'x';
  return letters;
}

}  // namespace dosewright::molecule
