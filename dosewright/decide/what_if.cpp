#include "dosewright/decide/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/cells.hpp"

namespace dosewright::decide {
namespace {

using exchange::Code;
using exchange::Entry;

// "4.5 g/d, 3 d/wk" as number, unit and what follows.
struct Amount {
  std::string_view number, unit, rest;

  explicit Amount(std::string_view text) {
    const std::size_t end = std::min(text.find_first_not_of("+-.0123456789eE"), text.size());
    number = text.substr(0, end);
    const std::string_view tail = trim(text.substr(end));
    const std::size_t mark = std::min(tail.find_first_of(" ,"), tail.size());
    unit = tail.substr(0, mark);
    rest = trim(tail.substr(mark));
    while (rest.starts_with(',') || rest.starts_with(' ')) rest.remove_prefix(1);
  }
};

class WhatIf {
 public:
  WhatIf(const programme::Programme& programme, const Meaning& meaning, const std::string& text)
      : programme_(programme), meaning_(meaning), text_(text) {
    const std::string_view whole(text_);
    const std::size_t at = std::min(whole.rfind('@'), whole.size());
    const std::size_t equals = std::min(whole.find('='), at);
    name_ = trim(whole.substr(0, equals));
    if (equals < at) how_ = trim(whole.substr(equals + 1, at - equals - 1));
    said_how_ = equals < at;
    if (at < whole.size()) date_ = trim(whole.substr(at + 1));
    codes_.push_back(exchange::code_of(name_));
    yes_ = same_words(how_, "yes");
    no_ = same_words(how_, "no");
  }

  Result<Entry> read() {
    if (!exchange::parse_wall_clock(date_).ok()) return fault("expected WHAT@DATE");
    if (name_.empty()) return fault("it is not said what");
    if (said_how_ && how_.empty()) return fault("nothing stands behind '='");
    switch (what()) {
      case What::kTest:
        return reading();
      case What::kDrug:
        return dose();
      case What::kFact:
        return fact();
      case What::kMedicine:
        return medicine();
      case What::kUnknown:
        break;
    }
    return fault("no test, fact or medicine of this programme is called '" + shown_text(name_) +
                 "'");
  }

 private:
  enum class What : std::uint8_t { kTest, kDrug, kFact, kMedicine, kUnknown };

  // A medicine can be a term of a fact as well: then it is the medicine, which brings the fact.
  What what() const {
    if (meaning_.analyte(codes_) >= 0) return What::kTest;
    if (is_drug()) return What::kDrug;
    const int word = meaning_.word(codes_);
    if (word >= 0 && is_quantity(word)) return What::kFact;
    if (is_medicine() && !yes_ && !no_) return What::kMedicine;
    if (word >= 0) return What::kFact;
    return is_mass() ? What::kMedicine : What::kUnknown;
  }

  bool is_quantity(int word) const {
    const programme::FactWord* known = meaning_.fact(word);
    return known != nullptr && known->unit.has_value();
  }
  // Kinds of rows in a file that need no name: "dose=200 mg", "missed".
  bool is_drug() const {
    return meaning_.own_drug(codes_) || same_words(name_, "dose") || same_words(name_, "missed");
  }

  // Without an amount the name has to be the medicine's own, whole: "paracetamol 4 g/d" has lost
  // its sign of equality, and must not be read as some paracetamol.
  bool is_medicine() const {
    Medicine medicine;
    medicine.codes = codes_;
    const auto* known = interaction_of(programme_, medicine);
    if (known == nullptr || !how_.empty() || !codes_[0].system.empty()) return known != nullptr;
    const auto is_name = [&](const std::string& name) { return same_words(name, name_); };
    return std::ranges::any_of(known->names, is_name) ||
           std::ranges::any_of(known->classes, is_name);
  }
  // "1 g", "4.5 g/d": what is said so of an unknown name is said of a medicine.
  bool is_mass() const {
    const Result<Unit> unit = parse_unit(ucum_code(unit_of_amount()));
    return unit.ok() && unit->dimension == parse_unit("mg")->dimension;
  }
  std::string unit_of_amount() const {
    const std::string_view unit = Amount(how_).unit;
    return std::string(unit.substr(0, unit.find('/')));
  }

  Result<Entry> reading() {
    const Amount amount(how_);
    if (amount.number.empty() || !amount.rest.empty()) {
      return fault("expected a test with a value and its unit");
    }
    const int analyte = meaning_.analyte(codes_);
    const bool bare = programme_.analytes[static_cast<std::size_t>(analyte)].unit.code == "1";
    if (amount.unit.empty() && !bare) return fault("the value has no unit");
    return entry("lab", amount.number, amount.unit);
  }

  Result<Entry> fact() {
    const Amount amount(how_);
    if (is_quantity(meaning_.word(codes_))) {
      const bool bare = meaning_.fact(meaning_.word(codes_))->unit->code == "1";
      if (amount.number.empty() || !amount.rest.empty() || (amount.unit.empty() && !bare)) {
        return fault("expected a quantity with its unit");
      }
      return entry("fact", amount.number, amount.unit);
    }
    if (how_.starts_with("grade ")) return entry("reaction", trim(how_.substr(6)));
    if (!how_.empty() && !yes_ && !no_) return fault("expected yes or no");
    return entry("fact", no_ ? "no" : "yes");
  }

  Result<Entry> dose() {
    const bool missed = same_words(name_, "missed");
    if (missed ? how_.empty() : same_words(how_, "missed")) return entry("missed");
    const Amount amount(how_);
    if (amount.number.empty() || amount.unit.empty() || !amount.rest.empty()) {
      return fault("expected how much is given");
    }
    return entry("dose", amount.number, amount.unit);
  }

  Result<Entry> medicine() {
    if (how_.empty()) return entry("medication");
    const Amount amount(how_);
    const bool daily = ucum_code(std::string(amount.unit)).ends_with("/d");
    const bool good = !amount.number.empty() && is_mass() &&
                      (daily || amount.unit.find('/') == std::string_view::npos) &&
                      (amount.rest.empty() || (daily && amount.rest.ends_with(" d/wk")));
    if (!good) return fault("expected how much of this medicine");
    return entry(daily ? "medication" : "intake", amount.number, amount.unit, amount.rest);
  }

  // As the row of a file that says the same.
  Result<Entry> entry(std::string_view kind, std::string_view value = {},
                      std::string_view unit = {}, std::string_view words = {}) {
    Faults faults;
    exchange::Cells cells;
    cells.date = date_;
    cells.kind = kind;
    if (meaning_.own_drug(codes_) || !is_drug()) cells.code = name_;
    cells.value = value;
    cells.unit = unit;
    cells.text = words;
    cells.fault = [&](std::string_view, const std::string& message, const std::string&) {
      faults.merge(fault(message));
    };
    Entry result;
    result.place = place();
    if (!exchange::read_cells(cells, result)) return faults;
    return result;
  }

  static Place place() { return {"--what-if", 0, 0}; }

  Faults fault(const std::string& expected) const {
    return Faults({place(), expected + ", found '" + shown_text(text_) + "'", form(), ""});
  }

  std::string day() const {
    return exchange::parse_wall_clock(date_).ok() ? std::string(date_) : "2013-06-02";
  }

  // What would be understood of this name.
  std::string form() const {
    const std::string name = shown_text(name_);
    switch (what()) {
      case What::kTest:
        return "write " + test_form(name, meaning_.analyte(codes_));
      case What::kDrug:
        return fmt::format("write \"dose=AMOUNT mg@{0}\", or \"missed@{0}\"", day());
      case What::kFact:
        return "write " + fact_form(name, meaning_.word(codes_));
      case What::kMedicine:
        return "write " + medicine_form(name);
      case What::kUnknown:
        break;
    }
    const std::string near = nearest();
    if (!near.empty()) return "did you mean '" + near + "'?";
    return fmt::format("write a test as {}, a sign as {}, or another medicine as {}",
                       test_form("", 0), sign_form(any_sign()), medicine_form("MEDICINE"));
  }

  std::string test_form(std::string name, int analyte) const {
    if (programme_.analytes.empty()) return "\"TEST=VALUE UNIT@" + day() + "\"";
    const auto& test = programme_.analytes[static_cast<std::size_t>(analyte)];
    if (name.empty()) name = test.code;
    const std::string unit = test.unit.code == "1" ? "" : " " + test.unit.code;
    return fmt::format("\"{}=VALUE{}@{}\"", name, unit, day());
  }

  std::string fact_form(const std::string& name, int word) const {
    if (!is_quantity(word)) return sign_form(name);
    return fmt::format("\"{}=VALUE {}@{}\"", name, meaning_.fact(word)->unit->code, day());
  }

  std::string sign_form(const std::string& name) const {
    return fmt::format(
        "\"{0}@{1}\", or \"{0}=no@{1}\" where it is absent, or, of a reaction, "
        "\"{0}=grade 2@{1}\"",
        name, day());
  }

  // The programme's first word that is yes or no.
  std::string any_sign() const {
    const auto& ids = meaning_.words().ids;
    for (std::size_t word = 0; word < ids.size(); ++word) {
      if (!is_quantity(static_cast<int>(word))) return ids[word];
    }
    return "SIGN";
  }

  std::string medicine_form(const std::string& name) const {
    return fmt::format(
        "\"{0}=1 g@{1}\" for that day alone, \"{0}=4.5 g/d@{1}\" from that day on, "
        "or \"{0}=4.5 g/d 3 d/wk@{1}\" on some days of a week",
        name, day());
  }

  std::string nearest() const {
    const std::string name(name_);
    for (const std::string& near :
         {meaning_.near_test(name), meaning_.near_fact(name), meaning_.near_own_drug(name)}) {
      if (!near.empty()) return near;
    }
    Medicine medicine;
    medicine.name = name;
    return near_medicine(programme_, medicine);
  }

  const programme::Programme& programme_;
  const Meaning& meaning_;
  const std::string text_;
  std::string_view name_, how_, date_;
  bool said_how_ = false, yes_ = false, no_ = false;
  std::vector<Code> codes_;
};

}  // namespace

Result<Entry> read_what_if(const programme::Programme& programme, const Meaning& meaning,
                           const std::string& text) {
  return WhatIf(programme, meaning, text).read();
}

}  // namespace dosewright::decide
