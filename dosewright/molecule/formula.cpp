#include "dosewright/molecule/formula.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/elements.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::array<std::string_view, kElements> kSymbols = {
    "H", "Li", "B", "C", "N", "O", "F", "Na", "Mg", "Si", "P", "S", "Cl", "K", "Br", "I"};
constexpr std::array<std::string_view, kWeightTables.size()> kTableIds = {"IUPAC2021", "IUPAC2007",
                                                                          "IUPAC1993"};
constexpr int kMostAtoms = 1'000'000;

struct ElementData {
  std::array<double, kWeightTables.size()> weights{};
  std::vector<Isotope> isotopes;
  double monoisotopic = 0;
};

struct TableName {
  std::string name, source;
};

struct Elements {
  std::array<ElementData, kElements> elements;
  std::array<TableName, kWeightTables.size()> tables;
};

ElementData read_element(Node node) {
  ElementData element;
  const std::vector<double> weights = node.at("weights").numbers();
  DW_CHECK(weights.size() == element.weights.size(), node.path() + ": one weight per table");
  std::ranges::copy(weights, element.weights.begin());
  double sum = 0, most = 0;
  for (Node& item : node.at("isotopes").items()) {
    const std::vector<double> row = item.numbers();
    DW_CHECK(row.size() == 3, node.path() + ": an isotope is [mass number, mass, abundance]");
    element.isotopes.push_back({static_cast<int>(row[0]), row[1], row[2]});
    sum += row[2];
    if (row[2] > most) element.monoisotopic = row[1];
    most = std::max(most, row[2]);
  }
  DW_CHECK(std::abs(sum - 1) < 1e-9, node.path() + ": abundances must add to 1");
  return element;
}

// A broken file ends the program: it is a part of the program, and the tests read it first.
Elements read_elements() {
  Document document = Document::parse(std::string(elements_text()), "molecule/elements.toml");
  Node root = document.root();
  Elements elements;
  root.at("isotopes_source").text();
  std::vector<Node> tables = root.at("table").items();
  DW_CHECK(tables.size() == kTableIds.size(), "molecule/elements.toml: the tables of weights");
  for (std::size_t i = 0; i < tables.size(); ++i) {
    DW_CHECK(tables[i].at("id").text() == kTableIds[i], "the order of the tables of weights");
    elements.tables[i] = {tables[i].at("name").text(), tables[i].at("source").text()};
  }
  Node list = root.at("element");
  for (std::size_t i = 0; i < kElements; ++i) {
    elements.elements[i] = read_element(list.at(kSymbols[i]));
  }
  root.finish();
  DW_CHECK(document.faults().empty(), to_text(document.faults()));
  return elements;
}

const Elements& elements() {
  static const Elements result = read_elements();
  return result;
}

const ElementData& data(Element element) {
  return elements().elements[static_cast<std::size_t>(element)];
}

// The elements by symbol, as Hill order names those behind C and H.
const std::array<Element, kElements>& alphabet() {
  static const std::array<Element, kElements> result = [] {
    std::array<Element, kElements> order{};
    for (std::size_t i = 0; i < kElements; ++i) order[i] = static_cast<Element>(i);
    std::ranges::sort(order, {}, [](Element element) { return symbol(element); });
    return order;
  }();
  return result;
}

void append(std::string& text, Element element, int n) {
  if (n == 0) return;
  text += symbol(element);
  if (n != 1) text += std::to_string(n);
}

// Reads a formula character by character; a character may be several bytes.
class FormulaReader {
 public:
  explicit FormulaReader(std::string_view text) : text_(text) {}

  Result<Formula> read() {
    if (trim(text_).empty()) fault(1, "a formula is empty", "write it like C10H14N5O7P");
    while (at_ < text_.size()) read_one();
    if (!faults_.empty()) return faults_;
    return formula_;
  }

 private:
  void fault(int column, std::string message, std::string hint) {
    faults_.add({{"", 0, column}, std::move(message), std::move(hint), {}});
  }

  void read_one() {
    const int column = column_;
    const char c = text_[at_];
    if (c == ' ' || c == '\t') return step(1);
    if (c < 'A' || c > 'Z') return strange(column);
    std::size_t length = 1;
    if (at_ + 1 < text_.size() && text_[at_ + 1] >= 'a' && text_[at_ + 1] <= 'z') length = 2;
    const std::string_view word = text_.substr(at_, length);
    step(length);
    const std::optional<long> n = count();
    const std::optional<Element> element = element_named(word);
    if (!element) {
      return fault(column, fmt::format("'{}' is not an element that is known here", word),
                   "known are " + fmt::format("{}", fmt::join(kSymbols, ", ")));
    }
    const long total = formula_[*element] + n.value_or(1);
    if (n == 0 || total > kMostAtoms) {
      return fault(column,
                   fmt::format("the count of {} must lie between 1 and {}", word, kMostAtoms),
                   "leave an element out that is not there");
    }
    formula_.add(*element, static_cast<int>(n.value_or(1)));
  }

  // Digits, plain or subscript (U+2080 to U+2089); stops growing above the limit.
  std::optional<long> count() {
    std::optional<long> n;
    while (at_ < text_.size()) {
      int digit = -1;
      std::size_t length = 1;
      if (text_[at_] >= '0' && text_[at_] <= '9') digit = text_[at_] - '0';
      if (text_.substr(at_, 2) == "\xE2\x82" && at_ + 2 < text_.size()) {
        const int value = static_cast<unsigned char>(text_[at_ + 2]) - 0x80;
        if (value >= 0 && value <= 9) digit = value, length = 3;
      }
      if (digit < 0) break;
      at_ += length;
      ++column_;
      n = std::min<long>(n.value_or(0) * 10 + digit, kMostAtoms + 1L);
    }
    return n;
  }

  void strange(int column) {
    std::size_t length = 1;
    while (at_ + length < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + length]) & 0xC0) == 0x80) {
      ++length;
    }
    const std::string shown = shown_text(text_.substr(at_, length));
    at_ += length;
    ++column_;
    fault(column, fmt::format("'{}' has no meaning in a formula", shown),
          "elements with counts, like C10H14N5O7P; for a salt write the sum of its parts");
  }

  void step(std::size_t bytes) {
    at_ += bytes;
    column_ += static_cast<int>(bytes);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int column_ = 1;
  Formula formula_;
  Faults faults_;
};

}  // namespace

std::string_view symbol(Element element) {
  return kSymbols[static_cast<std::size_t>(element)];
}

std::optional<Element> element_named(std::string_view symbol) {
  const auto found = std::ranges::find(kSymbols, symbol);
  if (found == kSymbols.end()) return std::nullopt;
  return static_cast<Element>(found - kSymbols.begin());
}

bool Formula::has_negative() const {
  return std::ranges::any_of(counts_, [](int n) { return n < 0; });
}

int Formula::n_atoms() const {
  int sum = 0;
  for (const int n : counts_) sum += n;
  return sum;
}

std::string to_text(const Formula& formula) {
  const bool organic = formula[Element::C] != 0;
  std::string text;
  append(text, Element::C, formula[Element::C]);
  if (organic) append(text, Element::H, formula[Element::H]);
  for (const Element element : alphabet()) {
    const bool done = element == Element::C || (organic && element == Element::H);
    if (!done) append(text, element, formula[element]);
  }
  return text;
}

std::string difference_text(const Formula& difference) {
  Formula gained, lost;
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    (difference[element] > 0 ? gained : lost).add(element, std::abs(difference[element]));
  }
  std::string text = gained.empty() ? "" : "+" + to_text(gained);
  if (!gained.empty() && !lost.empty()) text += " ";
  return lost.empty() ? text : text + "-" + to_text(lost);
}

Result<Formula> parse_formula(std::string_view text) {
  return FormulaReader(text).read();
}

std::string_view id(WeightTable table) {
  return kTableIds[static_cast<std::size_t>(table)];
}

std::string_view name(WeightTable table) {
  return elements().tables[static_cast<std::size_t>(table)].name;
}

std::string_view source(WeightTable table) {
  return elements().tables[static_cast<std::size_t>(table)].source;
}

Result<WeightTable> weight_table_named(std::string_view id) {
  const auto found = std::ranges::find(kTableIds, id);
  if (found != kTableIds.end()) return static_cast<WeightTable>(found - kTableIds.begin());
  return Fault{{},
               fmt::format("unknown table of atomic weights '{}'", shown_text(id)),
               fmt::format("known are {}", fmt::join(kTableIds, ", ")),
               {}};
}

std::span<const Isotope> isotopes(Element element) {
  return data(element).isotopes;
}

double atomic_weight(Element element, WeightTable table) {
  return data(element).weights[static_cast<std::size_t>(table)];
}

double monoisotopic_mass(Element element) {
  return data(element).monoisotopic;
}

double average_mass(const Formula& formula, WeightTable table) {
  double mass = 0;
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    mass += formula[element] * atomic_weight(element, table);
  }
  return mass;
}

double monoisotopic_mass(const Formula& formula) {
  double mass = 0;
  for (std::size_t i = 0; i < kElements; ++i) {
    const auto element = static_cast<Element>(i);
    mass += formula[element] * monoisotopic_mass(element);
  }
  return mass;
}

}  // namespace dosewright::molecule
