// How records are written: comma-separated values, or JSON.
#include <cmath>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/simulate/run.hpp"

namespace dosewright::simulate {
namespace {

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr const char* kHex = "0123456789abcdef";
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  out += std::isfinite(value) ? number_text(value) : "null";
}

// A field of the dataset: a number stays one, a missing value is null, all else is text.
void append_json_field(std::string& out, const std::string& text) {
  if (exchange::is_missing(text)) {
    out += "null";
  } else if (const auto value = exchange::to_number(text)) {
    out += number_text(*value);
  } else {
    append_json_text(out, text);
  }
}

class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  std::string& member(std::string_view name) {
    if (any_) out_ += ", ";
    any_ = true;
    append_json_text(out_, name);
    out_ += ": ";
    return out_;
  }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool any_ = false;
};

void append_number(std::string& out, double value) {
  out += ',';
  out += std::isfinite(value) ? number_text(value) : ".";
}

}  // namespace

std::vector<std::string> Layout::columns() const {
  std::vector<std::string> names = carried;
  if (add_evid) names.emplace_back("EVID");
  for (const sim::Quantity& quantity : quantities) names.push_back(quantity.name);
  names.insert(names.end(), reading_names.begin(), reading_names.end());
  return names;
}

std::string Layout::begin() const {
  std::string out;
  if (format == Format::kCsv) {
    bool any = false;
    for (const std::string& name : columns()) {
      if (any) out += ',';
      any = true;
      append_csv_field(out, name);
    }
    return out + "\n";
  }
  out = "{\"model\": ";
  append_json_text(out, model);
  out += ", \"note\": \"For research. Not a medical device.\", \"units\": ";
  JsonObject units(out);
  for (const sim::Quantity& quantity : quantities) {
    append_json_text(units.member(quantity.name), quantity.unit.code);
  }
  units.close();
  return out + ", \"records\": [\n";
}

void Layout::append(std::string& out, const OutputRow& row, bool first) const {
  if (format == Format::kCsv) {
    bool any = false;
    for (const std::string& field : row.row->carried) {
      if (any) out += ',';
      any = true;
      append_csv_field(out, field);
    }
    if (add_evid) out += "," + std::to_string(row.row->evid);
    for (const double value : row.values) append_number(out, value);
    for (const double value : row.readings) append_number(out, value);
    out += '\n';
    return;
  }
  if (!first) out += ",\n";
  JsonObject object(out);
  for (std::size_t i = 0; i < carried.size(); ++i) {
    append_json_field(object.member(carried[i]), row.row->carried[i]);
  }
  if (add_evid) object.member("EVID") += std::to_string(row.row->evid);
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    append_json_number(object.member(quantities[i].name), row.values[i]);
  }
  for (std::size_t i = 0; i < reading_names.size(); ++i) {
    append_json_number(object.member(reading_names[i]), row.readings[i]);
  }
  object.close();
}

std::string Layout::end() const {
  return format == Format::kCsv ? "" : "\n]}\n";
}

}  // namespace dosewright::simulate
