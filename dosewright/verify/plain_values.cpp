#include "dosewright/verify/plain_values.hpp"

#include <algorithm>
#include <set>

namespace dosewright::verify {

namespace {

constexpr double kOrdinary = 0.5;  // of ULN
constexpr double kBeside = 0.1;    // of ULN

bool names(const lang::Node& node, const std::string& code) {
  if (node.op == lang::Op::kName && (node.name == code || node.name.starts_with(code + "."))) {
    return true;
  }
  return std::any_of(node.arguments.begin(), node.arguments.end(),
                     [&](const lang::Expression& inner) { return names(*inner, code); });
}

// Literals that stand in a comparison with the test, times apart.
void collect(const lang::Node& node, const Word& word, std::set<double>& thresholds) {
  const bool compares = node.op >= lang::Op::kLess && node.op <= lang::Op::kNotEqual;
  for (const lang::Expression& inner : node.arguments) {
    const bool multiple = inner->op == lang::Op::kNumber && inner->unit.code == "ULN";
    const bool value =
        inner->op == lang::Op::kNumber && inner->unit.dimension == word.unit.dimension;
    if (compares && names(node, word.code) && (multiple || value)) {
      thresholds.insert(multiple || word.uln <= 0 ? inner->number : inner->number / word.uln);
    }
    collect(*inner, word, thresholds);
  }
}

bool is_plain_factor(const lang::Node& node) {
  return node.op == lang::Op::kNumber && node.unit.dimension == Dimension{} &&
         node.unit.code != "ULN" && node.number > 0;
}

// Factors of "LDL <= 0.85 * LDL.baseline": a test beside a multiple of an earlier reading of it.
void collect_factors(const lang::Node& node, const std::string& code, std::set<double>& factors) {
  const bool compares = node.op >= lang::Op::kLess && node.op <= lang::Op::kNotEqual;
  for (const lang::Expression& inner : node.arguments) {
    collect_factors(*inner, code, factors);
    if (!compares || inner->op != lang::Op::kMultiply || !names(node, code)) continue;
    for (const lang::Expression& part : inner->arguments) {
      if (names(*inner, code) && is_plain_factor(*part)) factors.insert(part->number);
    }
  }
}

// A round reading, and one on each side of every multiple of it. Between them lies the tie, which
// the printed digits of a reading would miss.
void add_multiples(const Model& model, const Word& word, std::vector<double>& values) {
  std::set<double> factors;
  for (const Part& part : model.parts()) {
    for (const protocol::Transition& rule : part.chart().transitions) {
      collect_factors(*rule.guard, word.code, factors);
    }
  }
  const double round = word.unit.to_canonical(100);
  if (!factors.empty()) values.push_back(round);
  for (const double factor : factors) {
    values.insert(values.end(), {round * factor * (1 - kBeside), round * factor * (1 + kBeside)});
  }
}

}  // namespace

std::vector<double> thresholds_of(const Model& model, std::size_t word) {
  std::set<double> thresholds;
  for (const Part& part : model.parts()) {
    for (const protocol::Transition& rule : part.chart().transitions) {
      collect(*rule.guard, model.words()[word], thresholds);
    }
  }
  return {thresholds.begin(), thresholds.end()};
}

std::vector<double> plain_values(const Model& model, std::size_t word) {
  const Word& one = model.words()[word];
  std::vector<double> values;
  if (one.uln > 0) values = {kOrdinary, 1};
  for (const double threshold : thresholds_of(model, word)) {
    const double step = one.uln > 0 ? kBeside : threshold * kBeside;
    values.insert(values.end(), {threshold, threshold + step, threshold - step});
  }
  if (one.uln <= 0) add_multiples(model, one, values);
  return values;
}

}  // namespace dosewright::verify
