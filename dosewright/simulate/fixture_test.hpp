// For tests: files in a folder of their own, a dataset simulated, the columns of what came out.
#pragma once

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "dosewright/base/folder_test.hpp"
#include "dosewright/exchange/dataset_line.hpp"
#include "dosewright/simulate/run.hpp"

namespace dosewright::simulate {

class Desk {
 public:
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string put(const std::string& name, const std::string& text) const {
    return folder_.put(name, text);
  }
  std::string text(const std::string& name) const { return folder_.text(name); }
  bool exists(const std::string& name) const { return folder_.exists(name); }

  // Runs and keeps what was said; the output is "out".
  Summary simulate(const std::string& model, const std::string& data, Request request = {}) {
    said_.clear();
    const auto source = load_model(model, parameters_);
    if (!source.ok()) return refuse(source.faults());
    request.data = put("data.csv", data);
    request.out = path("out");
    const auto summary = run(*source, request);
    return summary.ok() ? *summary : refuse(summary.faults());
  }
  Desk& with_parameters(const std::string& text) {
    parameters_ = put("parameters.toml", text);
    return *this;
  }
  const std::string& said() const { return said_; }
  bool says(const std::string& part) const { return said_.find(part) != std::string::npos; }

  // A column of the output; missing values are NaN.
  std::vector<double> column(const std::string& name) const {
    std::istringstream lines(text("out"));
    std::string line;
    std::vector<exchange::Cell> cells;
    std::vector<double> values;
    int index = -1;
    while (std::getline(lines, line)) {
      exchange::split_line(line, cells);
      if (index < 0) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
          if (cells[i].text == name) index = static_cast<int>(i);
        }
        if (index < 0) return {};
      } else {
        values.push_back(exchange::to_number(cells[static_cast<std::size_t>(index)].text)
                             .value_or(std::numeric_limits<double>::quiet_NaN()));
      }
    }
    return values;
  }

 private:
  Summary refuse(const Faults& faults) {
    said_ = to_text(faults);
    return {};
  }
  TestFolder folder_;
  std::string parameters_, said_;
};

}  // namespace dosewright::simulate
