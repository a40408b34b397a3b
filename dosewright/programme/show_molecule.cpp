#include "dosewright/programme/show_molecule.hpp"

#include <array>
#include <charconv>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::programme {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kLongestValue = 60;

std::string substance_text(const std::string& formula, double g_per_mol) {
  return formula + ", " + number_text(g_per_mol, 7) + " g/mol";
}

// The strand with its chemistry, a line each, so that letters stand below each other.
Rows strand_rows(const Molecule& molecule) {
  Rows rows = {
      {"sequence 5'-3'", molecule.sequence},
      {"sugars", molecule.sugars + " (d deoxyribose, e 2'-O-methoxyethylribose, r ribose)"},
      {"links", molecule.links + " (s phosphorothioate, o phosphodiester)"}};
  const Computed& computed = molecule.computed;
  if (!computed.formula_acid.empty()) {
    rows.push_back({"free acid", substance_text(computed.formula_acid, computed.mass_acid)});
    rows.push_back({"sodium salt", substance_text(computed.formula_salt, computed.mass_salt)});
    rows.push_back(
        {"", "computed from the strand; masses by the atomic weights " + computed.weights});
  }
  return rows;
}

// With so many digits behind the point.
std::string fixed(double value, int digits) {
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed, digits);
  return {text.data(), end.ptr};
}

// "200 mg of the salt are 26.33 umol and hold 189.0 mg of the acid"
std::string amount_text(const Programme& programme) {
  const Computed& computed = programme.molecule->computed;
  const double mg = programme.formulation.dose_mg;
  if (mg <= 0 || computed.mass_salt <= 0) return {};
  const double nmol = molecule::nmol_of_mg(mg, computed.mass_salt);
  return number_text(mg, 6) + " mg of the salt are " + fixed(nmol / 1000, 2) + " umol, " +
         fixed(molecule::mg_of_nmol(nmol, computed.mass_acid), 1) + " mg of the acid";
}

void show_quotes(const Molecule& molecule, Page& page) {
  if (molecule.quotes.empty()) return;
  page.paragraph("What documents print, beside what the strand makes", 2);
  Rows rows;
  for (const Quote& quote : molecule.quotes) {
    rows.push_back({quote.what + ", " + quote.of, shown_text(quote.value, kLongestValue),
                    quote.source, quote.known_conflict.empty() ? quote.verdict : "known conflict"});
  }
  page.table(rows, 4, 24);
  for (const std::string& finding : molecule.findings) page.table({{"-", finding}}, 4);
}

}  // namespace

void show_molecule(const Programme& programme, Page& page) {
  const Molecule& molecule = *programme.molecule;
  page.heading("Molecule");
  Rows rows = strand_rows(molecule);
  const std::string amount = amount_text(programme);
  if (!amount.empty()) rows.push_back({"one container", amount});
  if (!molecule.target.gene.empty()) {
    rows.push_back({"target", molecule.target.gene + ", " + molecule.target.transcript + " " +
                                  std::to_string(molecule.target.first) + "-" +
                                  std::to_string(molecule.target.last) + ": " +
                                  molecule.target.site});
  }
  rows.push_back({"source", molecule.source});
  page.table(rows);
  show_quotes(molecule, page);
}

}  // namespace dosewright::programme
