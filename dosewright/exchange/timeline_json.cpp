#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/cells.hpp"
#include "dosewright/exchange/json_stream.hpp"
#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {
namespace {

using nlohmann::json;

class Reader {
 public:
  Reader(std::string_view text, const std::string& file, const Sink& sink, Reading& reading)
      : text_(text), file_(file), sink_(sink), reading_(reading), faults_(reading.faults) {}

  void read() {
    JsonVisitor visitor;
    visitor.member = [this](const std::string& key, std::string_view value, std::size_t offset) {
      member(key, value, offset);
    };
    visitor.item = [this](std::size_t index, std::string_view value, std::size_t offset) {
      item(index, value, offset);
    };
    walk_json(text_, file_, "facts", visitor, faults_);
  }

 private:
  void fault(std::size_t offset, const std::string& pointer, const std::string& message,
             const std::string& hint) {
    faults_.add({place_of(text_, offset, file_), pointer + ": " + message, hint, ""});
  }

  bool parse(std::string_view value, std::size_t offset, const std::string& pointer, json& out) {
    out = json::parse(value, nullptr, false);
    if (!out.is_discarded()) return true;
    fault(offset, pointer, "this is no JSON value", "check quotes, commas and brackets");
    return false;
  }

  void member(const std::string& key, std::string_view value, std::size_t offset) {
    json parsed;
    const std::string pointer = "/" + shown_text(key);
    if (!parse(value, offset, pointer, parsed)) return;
    if (key == "facts") return fault(offset, pointer, "expected an array", "write [ ... ]");
    if (key != "patient" && key != "birth" && key != "sex") {
      return fault(offset, pointer, "unknown key", "keys are patient, birth, sex, facts");
    }
    if (!parsed.is_string()) return fault(offset, pointer, "expected a text", "put it in quotes");
    const std::string text = parsed.get<std::string>();
    if (key == "patient") {
      reading_.patient = text;
      return;
    }
    Entry entry;
    entry.place = place_of(text_, offset, file_);
    entry.pointer = pointer;
    const auto tell = [&](std::string_view, const std::string& message, const std::string& hint) {
      fault(offset, pointer, message, hint);
    };
    Cells cells;
    cells.kind = key;
    (key == "birth" ? cells.date : cells.code) = text;
    cells.fault = tell;
    if (read_cells(cells, entry)) hand_on(std::move(entry));
  }

  void item(std::size_t index, std::string_view value, std::size_t offset) {
    const std::string pointer = fmt::format("/facts/{}", index);
    json parsed;
    if (!parse(value, offset, pointer, parsed)) return;
    if (!parsed.is_object()) {
      return fault(offset, pointer, "expected an object", "write {\"date\": ..., \"kind\": ...}");
    }
    std::array<std::string, std::size(kCellNames)> texts;
    if (!take_cells(parsed, offset, pointer, texts)) return;
    Entry entry;
    entry.place = place_of(text_, offset, file_);
    entry.pointer = pointer;
    const Cells cells{
        texts[0],
        texts[1],
        texts[2],
        texts[3],
        texts[4],
        texts[5],
        texts[6],
        texts[7],
        texts[8],
        texts[9],
        [&](std::string_view cell, const std::string& message, const std::string& hint) {
          fault(offset, pointer + "/" + std::string(cell), message, hint);
        }};
    if (read_cells(cells, entry)) hand_on(std::move(entry));
  }

  bool take_cells(const json& object, std::size_t offset, const std::string& pointer,
                  std::array<std::string, std::size(kCellNames)>& texts) {
    bool good = true;
    for (const auto& [key, value] : object.items()) {
      const auto* name = std::ranges::find(kCellNames, key);
      const bool number_too = key == "value" || key == "uln" || key == "lln";
      if (name == std::end(kCellNames)) {
        fault(offset, pointer + "/" + shown_text(key), "unknown key",
              "keys are those of the CSV columns");
        good = false;
      } else if (value.is_string()) {
        texts[static_cast<std::size_t>(name - kCellNames)] = value.get<std::string>();
      } else if (number_too && value.is_number()) {
        texts[static_cast<std::size_t>(name - kCellNames)] = number_text(value.get<double>());
      } else if (key == "value" && value.is_boolean()) {
        texts[static_cast<std::size_t>(name - kCellNames)] = value.get<bool>() ? "yes" : "no";
      } else {
        fault(offset, pointer + "/" + key,
              fmt::format("expected {}, found {}", number_too ? "a number" : "a text",
                          value.type_name()),
              "");
        good = false;
      }
    }
    return good;
  }

  void hand_on(Entry&& entry) {
    ++reading_.entries;
    sink_(std::move(entry));
  }

  std::string_view text_;
  const std::string& file_;
  const Sink& sink_;
  Reading& reading_;
  FaultList faults_;
};

}  // namespace

Reading read_json_timeline(std::string_view text, const std::string& file, const Sink& sink) {
  Reading reading;
  Reader(text, file, sink, reading).read();
  return reading;
}

}  // namespace dosewright::exchange
