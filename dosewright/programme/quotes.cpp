#include "dosewright/programme/quotes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/inchi.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/notation.hpp"
#include "dosewright/molecule/write.hpp"

namespace dosewright::programme {
namespace {

namespace mol = dosewright::molecule;

constexpr std::array kSubstances = {"acid", "salt"};

// The letters of molecule.toml are a notation of their own; its reader knows every one.
Result<mol::Molecule> build(const Molecule& molecule) {
  std::string text = "sequence = \"" + molecule.sequence + "\"\nsugars = \"" + molecule.sugars +
                     "\"\nlinks = \"" + molecule.links + "\"\nmethylated = [";
  for (const int residue : molecule.methylated) text += std::to_string(residue) + ", ";
  mol::ReadOptions options;
  options.dialect = mol::Dialect::kFields;
  DW_TRY(reading, mol::read_notation(text + "]\n", options));
  return reading.molecule;
}

// What a comparison found: agreement, or what the strand makes instead.
struct Verdict {
  bool agrees = false;
  std::string expected;
  std::string remark;
};

// The acid and its full sodium salt. Identifiers are computed when they are first asked for.
class Substances {
 public:
  explicit Substances(mol::Molecule molecule) : molecule_(std::move(molecule)) {
    n_sodium_ = mol::n_acid_protons(molecule_);
  }

  int n_sodium(bool salt) const { return salt ? n_sodium_ : 0; }
  const mol::Molecule& molecule() const { return molecule_; }

  mol::Formula formula(bool salt) const { return *mol::formula_of(molecule_, n_sodium(salt)); }

  const Result<mol::Inchi>& inchi(bool salt) {
    auto& kept = inchi_[salt ? 1 : 0];
    if (!kept) {
      const auto graph = mol::build_graph(molecule_);
      kept = mol::to_inchi(*mol::add_sodium(*graph, n_sodium(salt)));
    }
    return *kept;
  }

  Result<std::string> name(bool salt) const {
    mol::Molecule named = molecule_;
    named.n_sodium = n_sodium(salt);
    DW_TRY(written, mol::write(named, mol::Format::kName));
    return written.text;
  }

 private:
  mol::Molecule molecule_;
  int n_sodium_ = 0;
  std::array<std::optional<Result<mol::Inchi>>, 2> inchi_;
};

Verdict compare_formula(const Substances& substances, bool salt, const std::string& value) {
  Verdict verdict;
  verdict.expected = to_text(substances.formula(salt));
  const auto parsed = mol::parse_formula(value);
  if (!parsed.ok()) {
    verdict.remark = parsed.faults()[0].message;
  } else if (*parsed == substances.formula(salt)) {
    verdict.agrees = true;
  } else if (*parsed == substances.formula(!salt)) {
    verdict.remark = std::string("this is the ") + kSubstances[salt ? 0 : 1];
  } else {
    verdict.remark =
        "the difference is " + mol::difference_text(*parsed - substances.formula(salt));
  }
  return verdict;
}

// Half a unit of the last digit that is printed: 0.05 for "7594.9 g/mol".
double half_last_digit(const std::string& value) {
  const auto point = value.find('.');
  if (point == std::string::npos) return 0.5;
  auto end = point + 1;
  while (end < value.size() && value[end] >= '0' && value[end] <= '9') ++end;
  return 0.5 * std::pow(10.0, -static_cast<double>(end - point - 1));
}

// A mass agrees where one of the tables of atomic weights gives it to its printed digits; sums of
// parts that were rounded before may miss the last digit by three.
Verdict compare_mass(const Substances& substances, bool salt, const std::string& value,
                     double g_per_mol) {
  Verdict verdict;
  const double half = half_last_digit(value);
  double nearest = 1e300;
  for (const mol::WeightTable table : mol::kWeightTables) {
    const double mass = mol::average_mass(substances.formula(salt), table);
    if (std::abs(mass - g_per_mol) >= nearest) continue;
    nearest = std::abs(mass - g_per_mol);
    verdict.expected = number_text(mass, 8) + " g/mol";
    verdict.remark = "by the weights " + std::string(mol::id(table));
  }
  verdict.agrees = nearest <= 6 * half;
  if (verdict.agrees && nearest > half * 1.0001) {
    verdict.remark += ", " + verdict.expected + ": the last digit is off";
  }
  return verdict;
}

std::string with_prefix(const std::string& inchi) {
  return inchi.starts_with("InChI=") ? inchi : "InChI=" + inchi;
}

Verdict compare_inchi(Substances& substances, bool salt, const std::string& value, bool key) {
  Verdict verdict;
  const auto& inchi = substances.inchi(salt);
  if (!inchi.ok()) return {false, "none", inchi.faults()[0].message};
  const std::string found = key ? value : with_prefix(value);
  const auto text_of = [key](const mol::Inchi& one) { return key ? one.key : one.text; };
  verdict.expected = text_of(*inchi);
  verdict.agrees = found == verdict.expected;
  if (verdict.agrees) return verdict;
  const auto& other = substances.inchi(!salt);
  if (other.ok() && text_of(*other) == found) {
    verdict.remark = std::string("this is the ") + kSubstances[salt ? 0 : 1];
  } else if (!key) {
    const auto at = std::ranges::mismatch(found, verdict.expected).in1 - found.begin();
    verdict.remark = "they differ from character " + std::to_string(at + 1) + " on";
  } else if (found.substr(0, 14) == verdict.expected.substr(0, 14)) {
    verdict.remark = "the skeleton is the same, the stereo centres differ";
  }
  return verdict;
}

Verdict compare_name(const Substances& substances, bool salt, const std::string& value) {
  const auto name = substances.name(salt);
  if (!name.ok()) return {false, "none", name.faults()[0].message};
  Verdict verdict{mol::normal_name(*name) == mol::normal_name(value), *name, {}};
  const auto other = substances.name(!salt);
  if (!verdict.agrees && other.ok() && mol::normal_name(*other) == mol::normal_name(value)) {
    verdict.remark = std::string("this is the ") + kSubstances[salt ? 0 : 1];
  }
  return verdict;
}

Verdict compare_helm(const Substances& substances, const std::string& value) {
  const auto written = mol::write(substances.molecule(), mol::Format::kHelm);
  Verdict verdict{false, written.ok() ? written->text : "none", {}};
  const auto reading = mol::read_notation(value);
  if (!reading.ok()) {
    verdict.remark = reading.faults()[0].message;
    return verdict;
  }
  const auto differing = mol::differences(substances.molecule(), reading->molecule);
  verdict.agrees = differing.empty();
  verdict.remark = join(differing, "; ");
  return verdict;
}

// The last digit of a CAS number is the sum of the others, each times its place from the right,
// modulo 10.
Verdict compare_cas(const std::string& value) {
  std::string digits;
  for (const char c : value) {
    if (c >= '0' && c <= '9') digits += c;
  }
  const auto parts = split(value, '-');
  Verdict verdict{false, "a CAS number like 58-08-2", {}};
  if (parts.size() != 3 || parts[1].size() != 2 || parts[2].size() != 1 || parts[0].size() < 2 ||
      digits.size() + 2 != value.size()) {
    return verdict;
  }
  int sum = 0;
  for (std::size_t i = 1; i < digits.size(); ++i) {
    sum += static_cast<int>(i) * (digits[digits.size() - 1 - i] - '0');
  }
  verdict.expected = value.substr(0, value.size() - 1) + std::to_string(sum % 10);
  verdict.agrees = value == verdict.expected;
  verdict.remark = verdict.agrees ? "its check digit is right" : "the check digit is wrong";
  return verdict;
}

// Why a text is no SMILES, found without reading its chemistry: marks that stand only in brackets
// found outside them, brackets, branches and rings that are not closed. Empty: none found.
std::string damage_of_smiles(const std::string& text) {
  std::map<char, int> rings;
  int branches = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string place = " at position " + std::to_string(i + 1);
    const char c = text[i];
    if (c == '[') {
      i = text.find(']', i);
      if (i == std::string::npos) return "a bracket is not closed" + place;
    } else if (c == '@' || c == 'H' || c == ']') {
      return std::string("'") + c + "' stands outside brackets" + place;
    } else if (c == '(' || c == ')') {
      branches += c == '(' ? 1 : -1;
      if (branches < 0) return "a branch ends that did not begin" + place;
    } else if (c >= '0' && c <= '9') {
      ++rings[c];
    } else if (static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) > 0x7e) {
      return "a character that no SMILES has" + place;
    }
  }
  if (branches > 0) return "a branch is not closed";
  for (const auto& [digit, n] : rings) {
    if (n % 2 != 0) return std::string("ring closure ") + digit + " is not closed";
  }
  return {};
}

// Letters of the elements that an oligonucleotide has, hydrogens left out.
std::map<char, int> letters_of_smiles(const std::string& text) {
  std::map<char, int> count;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "Na") {
      ++i;
      continue;
    }
    const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(text[i])));
    if (std::string_view("CNOPSF").find(upper) != std::string_view::npos) ++count[upper];
  }
  return count;
}

Verdict compare_smiles(const Substances& substances, const std::string& value) {
  Verdict verdict;
  const auto written = mol::write(substances.molecule(), mol::Format::kSmiles);
  verdict.expected = "atoms as in " + to_text(substances.formula(false));
  verdict.remark = damage_of_smiles(value);
  if (!verdict.remark.empty()) return verdict;
  verdict.agrees = written.ok() && letters_of_smiles(written->text) == letters_of_smiles(value);
  if (!verdict.agrees) verdict.remark = "it has other numbers of atoms";
  return verdict;
}

const std::vector<std::string>& kinds() {
  static const std::vector<std::string> names = {
      "formula", "mass", "InChI", "InChIKey", "systematic name", "SMILES", "HELM", "CAS", "UNII"};
  return names;
}

double molar_mass(Node node) {
  const Unit unit = *parse_unit("g/mol");
  return unit.from_canonical(node.measure_of(unit.dimension).canonical);
}

// nullopt: nothing that could be computed from a strand.
std::optional<Verdict> compare(Substances& substances, const Quote& quote, const Node& value) {
  const bool salt = quote.of == "salt";
  if (quote.what == "formula") return compare_formula(substances, salt, quote.value);
  if (quote.what == "mass") {
    return compare_mass(substances, salt, quote.value, molar_mass(value));
  }
  if (quote.what == "InChI") return compare_inchi(substances, salt, quote.value, false);
  if (quote.what == "InChIKey") return compare_inchi(substances, salt, quote.value, true);
  if (quote.what == "systematic name") return compare_name(substances, salt, quote.value);
  if (quote.what == "SMILES") return compare_smiles(substances, quote.value);
  if (quote.what == "HELM") return compare_helm(substances, quote.value);
  if (quote.what == "CAS") return compare_cas(quote.value);
  return std::nullopt;
}

std::string shortened(const std::string& text) {
  return shown_text(text, 90);
}

void judge(Substances& substances, Quote& quote, Node value) {
  const std::optional<Verdict> verdict = compare(substances, quote, value);
  if (!verdict) {
    quote.verdict = "as printed; a registry assigns it";
    return;
  }
  if (!quote.known_conflict.empty()) {
    quote.verdict = "known conflict: " + quote.known_conflict;
    if (!verdict->remark.empty()) quote.verdict += " (" + verdict->remark + ")";
    if (verdict->agrees) {
      value.fault(
          "the file calls this " + quote.what + " a known conflict, but it agrees with the strand",
          "remove known_conflict");
    }
    return;
  }
  quote.verdict = "agrees";
  if (!verdict->remark.empty()) quote.verdict += ", " + verdict->remark;
  if (verdict->agrees) return;
  std::string hint = verdict->remark;
  if (hint.empty())
    hint =
        "correct the value or the strand; where a document errs, add "
        "known_conflict = \"why\"";
  value.fault("the strand's " + quote.of + " has the " + quote.what + " " +
                  shortened(verdict->expected) + ", found " + shortened(quote.value),
              hint);
}

std::string choice(Node node, std::span<const std::string> known) {
  std::string text = node.text();
  if (text.empty() || std::ranges::find(known, text) != known.end()) return text;
  const std::string near = nearest_name(text, known);
  node.fault("expected one of " + join(known, ", ") + ", found '" + shown_text(text) + "'",
             near.empty() ? "" : "did you mean '" + near + "'?");
  return {};
}

void read_quotes(Node list, const Known& known, Substances* substances, Molecule& molecule) {
  static const std::vector<std::string> substance_names = {"acid", "salt"};
  for (Node table : list.items()) {
    Quote quote;
    quote.what = choice(table.at("what"), kinds());
    quote.of = choice(table.at("of"), substance_names);
    Node value = table.at("value");
    quote.value = value.text();
    quote.known_conflict = table.find("known_conflict").text_or("");
    quote.source = protocol::parse_source(table.at("source"), &known.sources);
    table.finish();
    if (quote.what.empty() || quote.of.empty() || quote.value.empty()) continue;
    if (substances != nullptr) judge(*substances, quote, value);
    molecule.quotes.push_back(std::move(quote));
  }
}

// The keys of the file itself, which are checked but not listed again.
void check_own_keys(Node root, Substances& substances) {
  const auto check = [&](const char* key, const char* what, const char* of) {
    Node node = root.find(key);
    if (!node.exists() || !node.is_string()) return;
    Quote quote{what, of, node.text(), {}, {}, {}};
    judge(substances, quote, node);
  };
  check("formula_acid", "formula", "acid");
  check("formula_salt", "formula", "salt");
  check("mass_acid", "mass", "acid");
  check("mass_salt", "mass", "salt");
  check("helm", "HELM", "acid");
}

std::string source_key(const std::string& source) {
  return source.substr(0, source.find_first_of(" ,;"));
}

// "formula, systematic name and CAS 629167-92-6": registry numbers with their value.
std::string list_of(const Molecule& molecule, const std::string& source, const std::string& of) {
  std::vector<std::string> parts;
  for (const Quote& quote : molecule.quotes) {
    if (source_key(quote.source) != source || quote.of != of || !quote.known_conflict.empty()) {
      continue;
    }
    const bool number = quote.what == "CAS" || quote.what == "UNII";
    parts.push_back(number ? quote.what + " " + quote.value : quote.what);
  }
  if (parts.size() < 2) return join(parts, "");
  const std::string last = parts.back();
  parts.pop_back();
  return join(parts, ", ") + " and " + last;
}

void find_mixtures(Molecule& molecule) {
  std::vector<std::string> sources;
  for (const Quote& quote : molecule.quotes) {
    const std::string source = source_key(quote.source);
    if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
  }
  for (const std::string& source : sources) {
    const std::string acid = list_of(molecule, source, "acid");
    const std::string salt = list_of(molecule, source, "salt");
    if (acid.empty() || salt.empty()) continue;
    molecule.findings.push_back(source + " mixes two substances: of the salt it has " + salt +
                                "; of the acid " + acid + ".");
  }
  for (const Quote& quote : molecule.quotes) {
    if (quote.known_conflict.empty()) continue;
    molecule.findings.push_back(source_key(quote.source) + "'s " + quote.what + ": " +
                                quote.verdict + ".");
  }
}

void keep_computed(const Substances& substances, Molecule& molecule) {
  constexpr auto kTable = mol::WeightTable::kIupac2021;
  molecule.computed.formula_acid = to_text(substances.formula(false));
  molecule.computed.formula_salt = to_text(substances.formula(true));
  molecule.computed.mass_acid = mol::average_mass(substances.formula(false), kTable);
  molecule.computed.mass_salt = mol::average_mass(substances.formula(true), kTable);
  molecule.computed.weights = std::string(mol::id(kTable));
}

}  // namespace

void check_quotes(Node root, const Known& known, bool good_strand, Molecule& molecule) {
  Node list = root.find("quote");
  std::optional<Substances> substances;
  if (good_strand) {
    Result<mol::Molecule> built = build(molecule);
    if (built.ok()) {
      substances.emplace(std::move(*built));
    } else {
      for (const Fault& fault : built.faults())
        root.at("sequence").fault(fault.message, fault.hint);
    }
  }
  if (substances) {
    check_own_keys(root, *substances);
    keep_computed(*substances, molecule);
  }
  read_quotes(list, known, substances ? &*substances : nullptr, molecule);
  find_mixtures(molecule);
}

}  // namespace dosewright::programme
