// Small readers of numbers that the documents of a model share.
#include <algorithm>
#include <cmath>

#include "dosewright/model/reading.hpp"

namespace dosewright::model {

Value read_value(Node node, Document& document) {
  const std::size_t faults_before = document.faults().size();
  Value value;
  if (node.is_number()) {
    value.canonical = node.number();
  } else {
    const Measure measure = node.measure();
    value.canonical = measure.canonical;
    value.unit = measure.unit;
  }
  value.ok = document.faults().size() == faults_before;
  if (value.ok && !std::isfinite(value.canonical)) {
    node.fault("expected a finite number");
    value.ok = false;
  }
  return value;
}

double read_value_of(Node node, const Dimension& expected, Document& document) {
  if (!expected.dimensionless()) return node.measure_of(expected).canonical;
  const Value value = read_value(node, document);
  if (value.ok && !value.unit.dimension.dimensionless()) {
    node.fault("expected a number without a unit, found " + to_text(value.unit.dimension));
  }
  return value.canonical;
}

double read_sd(Node node) {
  if (!node.exists()) return 0;
  const double value = node.number();
  if (value >= 0 && std::isfinite(value)) return value;
  node.fault("expected a standard deviation of 0 or more, found " + std::to_string(value));
  return 0;
}

int index_of(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

}  // namespace dosewright::model
