// Bytes from outside through every reader of `base`: units, measures, dates, instants, TOML.
//
// Besides not crashing, each reader keeps a promise that is checked here: what was read can be
// written and reads back alike, and what was refused says why.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/base/document.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright {
namespace {

void explain(const Faults& faults) {
  DW_CHECK(!faults.empty());
  for (const Fault& fault : faults) DW_CHECK(!fault.message.empty());
  DW_CHECK(first_invalid_utf8(to_text(faults)) == std::string::npos);
}

void read_unit(std::string_view text) {
  const Result<Unit> unit = parse_unit(text);
  if (!unit.ok()) return explain(unit.faults());
  DW_CHECK(std::isnormal(unit->factor) && unit->factor > 0);
  DW_CHECK(!to_text(unit->dimension).empty());
}

void read_measure(std::string_view text) {
  const Result<Measure> measure = parse_measure(text);
  if (!measure.ok()) return explain(measure.faults());
  DW_CHECK(std::isfinite(measure->canonical));
  DW_CHECK(parse_unit(measure->unit.code).ok());
}

void read_date(std::string_view text) {
  const Result<Date> date = parse_date(text);
  if (!date.ok()) return explain(date.faults());
  DW_CHECK(to_text(*date) == text);
}

void read_instant(std::string_view text) {
  const Result<Instant> instant = parse_instant(text);
  if (!instant.ok()) return explain(instant.faults());
  const std::string written = to_text(*instant);
  const Result<Instant> again = parse_instant(written);
  // The offset may carry an instant out of the years that can be written.
  if (again.ok()) DW_CHECK(*again == *instant);
}

// Asks each value for everything that it might be, as far as the document goes.
void ask(Node node, int depth) {
  if (node.is_table()) {
    for (const std::string& key : node.keys()) {
      if (depth < 8) ask(node.at(key), depth + 1);
    }
    node.at("missing");
  }
  if (node.is_array()) {
    for (Node& item : node.items()) ask(item, depth + 1);
  }
  node.text_or("");
  node.number_or(0);
  node.integer_or(0);
  node.boolean_or(false);
  node.measure();
  node.duration();
  node.date();
}

void read_document(std::string_view text) {
  Document document = Document::parse(std::string(text), "input.toml");
  if (!document.faults().empty()) explain(document.faults());
  ask(document.root(), 0);
  document.root().finish();
  if (!document.faults().empty()) explain(document.faults());
}

}  // namespace
}  // namespace dosewright

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      dosewright::read_unit(text);
      break;
    case 1:
      dosewright::read_measure(text);
      break;
    case 2:
      dosewright::read_date(text);
      break;
    case 3:
      dosewright::read_instant(text);
      break;
    default:
      dosewright::read_document(text);
  }
  return 0;
}
