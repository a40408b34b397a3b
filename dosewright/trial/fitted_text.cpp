// parameters.toml with the numbers of a calibration in it.
#include <algorithm>
#include <cmath>
#include <set>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/model/cholesky.hpp"
#include "dosewright/trial/calibrate.hpp"

namespace dosewright::trial {

namespace {

using model::Parameter;
using model::Scale;

constexpr std::size_t kWidest = 100;
constexpr const char* kUncertainty = "[uncertainty]";

std::string value_text(double canonical, const Unit& unit) {
  return number_text(unit.from_canonical(canonical), 3) + " " + unit.code;
}

// An SD as the file has it: on the normal scale in the unit of the value.
std::string sd_text(double sd, const Parameter& parameter) {
  return number_text(parameter.scale == Scale::kNormal ? parameter.unit.from_canonical(sd) : sd, 3);
}

// What of one parameter was fitted.
struct Fitted {
  const Parameter* parameter = nullptr;
  bool typical = false, spread = false;
  std::vector<std::string> classes;  // of its mixture
};

Fitted fitted_of(std::string_view header, const model::Model& model,
                 const Calibration& calibration) {
  Fitted fitted;
  const std::string_view name = header.substr(1, header.size() - 2);
  const int index = name.starts_with("parameter.") ? model.parameter(name.substr(10)) : -1;
  if (index < 0) return fitted;
  fitted.parameter = &model.parameters[static_cast<std::size_t>(index)];
  const int mixture = fitted.parameter->mixture;
  if (mixture >= 0) fitted.classes = model.mixtures[static_cast<std::size_t>(mixture)].classes;
  for (const FreeNumber& number : calibration.numbers) {
    if (number.index == index) (number.spread ? fitted.spread : fitted.typical) = true;
  }
  return fitted;
}

// Whether the key goes: what a number's uncertainty was before it had one from the fit, and the
// origin of the spread where that was the only one.
bool is_replaced(std::string_view key, const Fitted& fitted) {
  if (!fitted.typical) return false;
  if (key == "uncertainty") return true;
  const bool origin = key == "variability_assumed" || key == "variability_source";
  return origin && fitted.parameter->between_subject + fitted.parameter->between_trial <= 0;
}

// The new text of one key of a parameter, or "" where the calibration leaves it alone.
std::string fitted_line(std::string_view key, const Fitted& fitted) {
  const Parameter& parameter = *fitted.parameter;
  if (key == "between_subject" && fitted.spread) {
    return "between_subject = " + sd_text(parameter.between_subject, parameter);
  }
  if (key == "value" && fitted.typical) {
    return "value = \"" + value_text(parameter.typical, parameter.unit) + "\"";
  }
  if (key != "class_values" || !fitted.typical) return {};
  std::vector<std::string> parts;
  for (std::size_t c = 0; c < fitted.classes.size(); ++c) {
    parts.push_back(fitted.classes[c] + " = \"" +
                    value_text(parameter.class_typical[c], parameter.unit) + "\"");
  }
  return "class_values = { " + join(parts, ", ") + " }";
}

// "key = [" a list over lines that are not too wide "]".
std::string list_text(const std::string& key, const std::vector<std::string>& items) {
  std::string text = key + " = [";
  std::string line;
  for (const std::string& item : items) {
    if (line.empty() || line.size() + item.size() + 3 > kWidest) {
      text += line;
      line = "\n  " + item + ",";
    } else {
      line += " " + item + ",";
    }
  }
  return text + line + "\n]\n";
}

double three_decimals(double value) {
  return std::round(value * 1000) / 1000;
}

// The correlations of some of the numbers as they will be written, with three decimals. Where
// rounding takes the matrix over the edge of what can be drawn from, all are weakened by 0.1 %.
std::vector<double> drawable(const Calibration& calibration,
                             const std::vector<std::size_t>& which) {
  const std::size_t n = which.size();
  std::vector<double> matrix(n * n, 1.0);
  for (double weaker = 1;; weaker *= 0.999) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const std::size_t at = which[i] * calibration.numbers.size() + which[j];
        if (i != j) matrix[i * n + j] = three_decimals(weaker * calibration.correlation[at]);
      }
    }
    std::vector<double> factor = matrix;
    if (model::cholesky_in_place(factor, n) < 0) return matrix;
    DW_CHECK(weaker > 0.5, "a covariance is positive definite but for rounding");
  }
}

std::vector<std::string> rows_of(const model::Model& model, const Calibration& calibration) {
  std::set<std::string> rows;
  for (const FreeNumber& number : calibration.numbers) {
    const Parameter& parameter = model.parameters[static_cast<std::size_t>(number.index)];
    const auto& origin = number.spread ? parameter.variability_origin : parameter.origin;
    for (const std::string& row : origin.calibrated_to) rows.insert("\"" + row + "\"");
  }
  return {rows.begin(), rows.end()};
}

// How the fitted typical values are uncertain together; "" where none was fitted.
std::string uncertainty_table(const model::Model& model, const Calibration& calibration) {
  std::vector<std::size_t> which;
  std::vector<std::string> names, sds;
  for (std::size_t i = 0; i < calibration.numbers.size(); ++i) {
    const FreeNumber& number = calibration.numbers[i];
    if (number.spread) continue;
    which.push_back(i);
    names.push_back("\"" + number.parameter + "\"");
    sds.push_back(
        sd_text(number.standard_error, model.parameters[static_cast<std::size_t>(number.index)]));
  }
  if (which.empty() || calibration.correlation.empty()) return {};
  const std::vector<double> matrix = drawable(calibration, which);
  std::string text = std::string(kUncertainty) +
                     "\n# Of the typical values that were fitted, on their scales; written by "
                     "`dosewright calibrate --write`.\n# Row n holds the correlations of number n "
                     "with those before it.\n";
  text += list_text("calibrated_to", rows_of(model, calibration));
  text += list_text("parameters", names) + list_text("sd", sds) + "correlation = [\n";
  for (std::size_t i = 0; i < which.size(); ++i) {
    std::vector<std::string> row;
    for (std::size_t j = 0; j < i; ++j) row.push_back(number_text(matrix[i * which.size() + j], 3));
    text += "  [" + join(row, ", ") + "],\n";
  }
  return text + "]\n";
}

}  // namespace

std::string with_fitted(const std::string& parameters_toml, const programme::Programme& programme,
                        const Calibration& calibration) {
  std::string out;
  Fitted fitted;
  bool earlier = false;  // within the table of an earlier calibration
  std::vector<std::string_view> lines = split(parameters_toml, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const std::string_view line : lines) {
    if (line.starts_with("[")) {
      earlier = trim(line) == kUncertainty;
      fitted = fitted_of(trim(line), programme.model, calibration);
    }
    if (earlier) continue;
    const std::string_view key = trim(line.substr(0, line.find('=')));
    const bool known = fitted.parameter != nullptr;
    if (known && is_replaced(key, fitted)) continue;
    const std::string replaced = known ? fitted_line(key, fitted) : std::string();
    out += replaced.empty() ? std::string(line) : replaced;
    out += '\n';
  }
  const std::string table = uncertainty_table(programme.model, calibration);
  if (table.empty()) return out;
  while (out.ends_with("\n\n")) out.pop_back();
  return out + "\n" + table;
}

}  // namespace dosewright::trial
