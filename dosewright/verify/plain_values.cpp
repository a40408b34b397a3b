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
  return values;
}

}  // namespace dosewright::verify
