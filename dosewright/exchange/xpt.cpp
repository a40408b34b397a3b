// SAS transport files by ReadStat. Its callbacks hand over one value at a time; a row is whole when
// its last variable has come. A transport file is made of records of 80 bytes, so one whose length
// is no multiple of that was cut off.
#include <readstat.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::exchange {
namespace {

constexpr std::uintmax_t kRecord = 80;
constexpr std::string_view kMagic = "HEADER RECORD*******LIB";  // ...RARY or ...V8
constexpr std::string_view kRows = "HEADER RECORD*******OBS";   // ... or ...V8; rows follow

struct Walk {
  const TableVisitor* visitor = nullptr;
  FaultList* faults = nullptr;
  TableRow row;
  std::int64_t row_bytes = 0;
  bool started = false;
  bool refused = false;
};

int on_variable(int, readstat_variable_t* variable, const char*, void* context) {
  Walk& walk = *static_cast<Walk*>(context);
  const char* name = readstat_variable_get_name(variable);
  walk.row.names.emplace_back(name == nullptr ? "" : name);
  walk.row.fields.emplace_back();
  walk.row_bytes += static_cast<std::int64_t>(readstat_variable_get_storage_width(variable));
  return READSTAT_HANDLER_OK;
}

std::string text_of(readstat_value_t value, readstat_variable_t* variable) {
  if (readstat_value_is_missing(value, variable) != 0) return {};
  if (readstat_value_type(value) == READSTAT_TYPE_STRING) {
    const char* text = readstat_string_value(value);
    return text == nullptr ? std::string() : std::string(trim(text));
  }
  const double number = readstat_double_value(value);
  return std::isfinite(number) ? number_text(number) : std::string();
}

bool start(Walk& walk) {
  if (walk.started) return !walk.refused;
  walk.started = true;
  walk.refused = !walk.visitor->start(walk.row, *walk.faults);
  return !walk.refused;
}

int on_value(int row, readstat_variable_t* variable, readstat_value_t value, void* context) {
  Walk& walk = *static_cast<Walk*>(context);
  if (!start(walk) || walk.visitor->stopped()) return READSTAT_HANDLER_ABORT;
  const auto index = static_cast<std::size_t>(readstat_variable_get_index(variable));
  if (index >= walk.row.fields.size()) return READSTAT_HANDLER_ABORT;
  walk.row.number = row + 1;
  walk.row.fields[index] = text_of(value, variable);
  if (first_invalid_utf8(walk.row.fields[index]) != std::string::npos) {
    walk.faults->add(walk.row.fault(walk.row.names[index], "this is not UTF-8 text",
                                    "write the file again in UTF-8"));
    walk.row.fields[index].clear();
  }
  if (index + 1 == walk.row.fields.size()) walk.visitor->row(walk.row, *walk.faults);
  return READSTAT_HANDLER_OK;
}

void on_error(const char*, void*) {}  // the returned code is told instead

using FilePointer = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

FilePointer open_file(const std::string& path) {
  return {std::fopen(path.c_str(), "rb"), &std::fclose};
}

// ReadStat passes over a last row that is not whole. What follows the last whole row must be the
// blanks that fill its record. A file that was cut between two rows, on the border of a record,
// looks like a shorter one: version 5 does not say how many rows there are.
bool ends_within_a_row(const std::string& path, std::int64_t rows, std::int64_t row_bytes) {
  const FilePointer file = open_file(path);
  std::array<char, kRecord> record{};
  const auto next = [&] {
    return file != nullptr && std::fread(record.data(), 1, kRecord, file.get()) == kRecord;
  };
  bool found = false;
  while (!found && next()) found = std::string_view(record.data(), kRows.size()) == kRows;
  if (!found || std::fseek(file.get(), static_cast<long>(rows * row_bytes), SEEK_CUR) != 0) {
    return false;
  }
  for (int c = std::fgetc(file.get()); c != EOF; c = std::fgetc(file.get())) {
    if (c != ' ') return true;
  }
  return false;
}

}  // namespace

bool is_xpt(const std::string& path) {
  const FilePointer file = open_file(path);
  std::array<char, kMagic.size()> head{};
  if (file == nullptr || std::fread(head.data(), 1, head.size(), file.get()) != head.size()) {
    return false;
  }
  return std::string_view(head.data(), head.size()) == kMagic;
}

void read_xpt(const std::string& path, const TableVisitor& visitor, FaultList& faults) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  const Fault cut{{path, 0, 0},
                  "the transport file ends in the middle of a record",
                  "it was cut off: copy it again, in binary mode",
                  ""};
  if (!error && size % kRecord != 0) return faults.add(cut);
  Walk walk;
  walk.visitor = &visitor;
  walk.faults = &faults;
  walk.row.file = path;
  const std::unique_ptr<readstat_parser_t, void (*)(readstat_parser_t*)> parser(
      readstat_parser_init(), &readstat_parser_free);
  readstat_set_variable_handler(parser.get(), &on_variable);
  readstat_set_value_handler(parser.get(), &on_value);
  readstat_set_error_handler(parser.get(), &on_error);
  const readstat_error_t done = readstat_parse_xport(parser.get(), path.c_str(), &walk);
  if (walk.refused || visitor.stopped()) return;
  if (done != READSTAT_OK) {
    faults.add({{path, walk.row.number, 0},
                std::string("the transport file cannot be read: ") + readstat_error_message(done),
                "is it whole, and a SAS transport file of version 5 or 8?",
                ""});
    return;
  }
  start(walk);  // a table without rows still has columns
  if (ends_within_a_row(path, walk.row.number, walk.row_bytes)) faults.add(cut);
}

}  // namespace dosewright::exchange
