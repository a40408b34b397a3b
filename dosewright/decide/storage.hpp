// A temperature log judged by a programme's storage rules: usable until when, or discard and why.
#pragma once

#include <string>

#include "dosewright/programme/programme.hpp"

namespace dosewright::decide {

struct StorageAnswer {
  bool usable = true;
  std::string because;              // in words, with the readings that decide
  std::string source;               // of the rule that decides
  std::vector<std::string> checks;  // what no log can show: light, container, single use
  Minutes outside = 0;              // spent outside the lasting range, within the limited one
  Minutes left = 0;                 // of the limited range; 0 where there is none
  Minutes from = 0, until = 0;      // what the log covers
};

// A CSV from a logger: columns time and temperature (in degrees Celsius, or with unit: "Cel", "K",
// "[degF]"); optional unit. Rows ascend in time; a gap longer than `longest_gap` between two rows
// is a fault, because nobody knows what happened in it. Between two readings the worse one holds.
Result<StorageAnswer> judge_storage(const programme::Programme& programme, const std::string& path,
                                    Minutes longest_gap);

std::string storage_text(const StorageAnswer& answer);
std::string storage_json(const StorageAnswer& answer);

}  // namespace dosewright::decide
