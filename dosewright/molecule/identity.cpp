#include "dosewright/molecule/identity.hpp"

#include <fmt/format.h>

#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/notation.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::array kCardFormats = {Format::kHelm, Format::kIdt,  Format::kAxolabs,
                                     Format::kCase, Format::kName, Format::kShorthand};

Substance substance_of(const Formula& formula, int n_sodium) {
  Substance substance;
  substance.formula = formula;
  substance.n_sodium = n_sodium;
  substance.monoisotopic = monoisotopic_mass(formula);
  for (std::size_t i = 0; i < kWeightTables.size(); ++i) {
    substance.average[i] = average_mass(formula, kWeightTables[i]);
  }
  return substance;
}

void add_inchi(Identity& identity) {
  const auto graph = build_graph(identity.molecule);
  if (!graph.ok()) return;
  auto inchi = to_inchi(*graph);
  if (inchi.ok()) {
    identity.inchi = std::move(*inchi);
  } else {
    identity.no_inchi = inchi.faults()[0].message;
  }
}

void add_notations(Identity& identity) {
  for (const Format format : kCardFormats) {
    Notation notation{format, std::nullopt, {}};
    auto written = write(identity.molecule, format);
    if (written.ok()) {
      notation.written = std::move(*written);
    } else {
      notation.why_not = written.faults()[0].message;
    }
    identity.notations.push_back(std::move(notation));
  }
}

void compare_formula(const std::string& quoted, const char* what, const Formula& computed,
                     std::vector<Comparison>& found) {
  if (quoted.empty()) return;
  const auto parsed = parse_formula(quoted);
  Comparison comparison{what, quoted, to_text(computed), parsed.ok() && *parsed == computed, ""};
  if (!parsed.ok()) {
    comparison.remark = parsed.faults()[0].message;
  } else if (!comparison.agrees) {
    comparison.remark = "computed less quoted: " + difference_text(computed - *parsed);
  }
  found.push_back(std::move(comparison));
}

// The unit of the last digit of a mass as it is printed: 0.1 for 7594.9.
double last_digit(double quoted) {
  const std::string text = number_text(quoted);
  const std::size_t point = text.find('.');
  return point == std::string::npos ? 1
                                    : std::pow(10.0, -static_cast<double>(text.size() - point - 1));
}

void compare_mass(double quoted, const char* what, const Substance& substance,
                  std::vector<Comparison>& found) {
  if (quoted == 0) return;
  std::size_t best = 0;
  const auto distance = [&](std::size_t i) { return std::abs(substance.average[i] - quoted); };
  for (std::size_t i = 1; i < kWeightTables.size(); ++i) {
    if (distance(i) < distance(best)) best = i;
  }
  const double unit = last_digit(quoted);
  Comparison comparison{what, number_text(quoted) + " g/mol",
                        fmt::format("{:.2f} g/mol", substance.average[best]),
                        distance(best) < 3 * unit, ""};
  comparison.remark =
      fmt::format("{}{}", distance(best) <= unit / 2 ? "" : "nearest, but not to the last digit: ",
                  name(kWeightTables[best]));
  found.push_back(std::move(comparison));
}

// An identifier may be of the acid or of the salt.
void compare_inchi(const Identity& identity, const Quoted& quoted, std::vector<Comparison>& found) {
  if (!identity.inchi || (quoted.inchi.empty() && quoted.inchikey.empty())) return;
  std::optional<Inchi> salt;
  const auto graph = build_graph(identity.molecule);
  if (graph.ok()) {
    const auto with_sodium = add_sodium(*graph, identity.salt.n_sodium);
    if (with_sodium.ok()) {
      const auto inchi = to_inchi(*with_sodium);
      if (inchi.ok()) salt = *inchi;
    }
  }
  const auto add = [&](const char* what, const std::string& text, const std::string& of_acid,
                       const std::string& of_salt) {
    if (text.empty()) return;
    Comparison comparison{what, text, of_acid, text == of_acid || text == of_salt, ""};
    comparison.remark = text == of_acid   ? "of the acid"
                        : text == of_salt ? "of the sodium salt"
                                          : "neither of the acid nor of the sodium salt";
    found.push_back(std::move(comparison));
  };
  const std::string prefix = quoted.inchi.starts_with("InChI=") ? "" : "InChI=";
  add("inchi", quoted.inchi.empty() ? "" : prefix + quoted.inchi, identity.inchi->text,
      salt ? salt->text : "");
  add("inchikey", quoted.inchikey, identity.inchi->key, salt ? salt->key : "");
}

void compare_helm(const Identity& identity, const std::string& quoted,
                  std::vector<Comparison>& found) {
  if (quoted.empty()) return;
  ReadOptions options;
  options.dialect = Dialect::kHelm;
  const auto reading = read_notation(quoted, options);
  const auto written = write(identity.molecule, Format::kHelm);
  Comparison comparison{"helm", quoted, written.ok() ? written->text : "", false, ""};
  if (!reading.ok()) {
    comparison.remark = reading.faults()[0].message;
  } else {
    const auto different = differences(identity.molecule, reading->molecule);
    comparison.agrees = different.empty();
    comparison.remark = different.empty() ? "" : "differs in " + join(different, ", ");
  }
  found.push_back(std::move(comparison));
}

void compare_name(const Identity& identity, const std::string& quoted,
                  std::vector<Comparison>& found) {
  if (quoted.empty()) return;
  Molecule salt = identity.molecule;
  const bool is_salt = normal_name(quoted).ends_with(kSodiumSalt);
  salt.n_sodium = is_salt ? identity.salt.n_sodium : 0;
  const auto written = write(salt, Format::kName);
  const std::string computed = written.ok() ? written->text : "";
  Comparison comparison{"systematic_name", quoted, computed,
                        normal_name(quoted) == normal_name(computed), ""};
  comparison.remark = is_salt ? "of the sodium salt" : "of the acid";
  found.push_back(std::move(comparison));
}

}  // namespace

Result<Identity> identify(const Molecule& molecule) {
  const auto graph = build_graph(molecule);
  if (!graph.ok()) return graph.faults();
  Identity identity;
  identity.molecule = molecule;
  identity.acid = substance_of(acid_formula(molecule), 0);
  const int n = n_acid_protons(molecule);
  const auto salt = salt_formula(molecule, Counterion::kSodium, n);
  if (!salt.ok()) return salt.faults();
  identity.salt = substance_of(*salt, n);
  add_inchi(identity);
  for (const Strand& strand : molecule.strands) {
    const auto extinction = extinction_260(strand);
    identity.extinctions.push_back(extinction.ok() ? std::optional(*extinction) : std::nullopt);
  }
  add_notations(identity);
  return identity;
}

Amount amount_of_salt(const Identity& identity, double salt_mg, WeightTable table) {
  const double salt_mass = average_mass(identity.salt.formula, table);
  Amount amount;
  amount.salt_mg = salt_mg;
  amount.micromol = nmol_of_mg(salt_mg, salt_mass) / 1000;
  amount.acid_mg = acid_mg_of_salt_mg(salt_mg, identity.acid.formula, identity.salt.formula, table);
  return amount;
}

std::vector<Comparison> compare(const Identity& identity, const Quoted& quoted) {
  std::vector<Comparison> found;
  compare_formula(quoted.formula_acid, "formula_acid", identity.acid.formula, found);
  compare_formula(quoted.formula_salt, "formula_salt", identity.salt.formula, found);
  compare_mass(quoted.mass_acid, "mass_acid", identity.acid, found);
  compare_mass(quoted.mass_salt, "mass_salt", identity.salt, found);
  compare_helm(identity, quoted.helm, found);
  compare_name(identity, quoted.systematic_name, found);
  compare_inchi(identity, quoted, found);
  return found;
}

}  // namespace dosewright::molecule
