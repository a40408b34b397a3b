#include "dosewright/trial/calibrate.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::trial {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using model::Parameter;
using model::Scale;

double to_scale(Scale scale, double value) {
  if (scale == Scale::kLognormal) return std::log(value);
  if (scale == Scale::kLogit) return std::log(value / (1 - value));
  return value;
}

double from_scale(Scale scale, double x) {
  if (scale == Scale::kLognormal) return std::exp(x);
  if (scale == Scale::kLogit) return 1 / (1 + std::exp(-x));
  return x;
}

// How far a number may reasonably move: by half on its scale; a spread by a third.
double prior_sd(const Parameter& parameter, bool spread) {
  if (spread) return 0.3;
  if (parameter.scale != Scale::kNormal) return 0.5;
  return std::max(0.5 * std::abs(parameter.typical), 3 * parameter.uncertainty);
}

std::vector<FreeNumber> free_numbers(const model::Model& model) {
  std::vector<FreeNumber> numbers;
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const Parameter& parameter = model.parameters[i];
    const auto add = [&](bool spread, double start) {
      numbers.push_back({parameter.name, spread, static_cast<int>(i), start, start,
                         prior_sd(parameter, spread), 0});
    };
    if (!parameter.origin.calibrated_to.empty()) {
      add(false, parameter.mixture >= 0 ? 0 : to_scale(parameter.scale, parameter.typical));
    }
    const bool spread_fitted = !parameter.variability_origin.calibrated_to.empty();
    if (spread_fitted && parameter.between_subject > 0) {
      add(true, std::log(parameter.between_subject));
    }
  }
  return numbers;
}

std::set<std::string> wanted_rows(const model::Model& model) {
  std::set<std::string> rows;
  for (const Parameter& parameter : model.parameters) {
    rows.insert(parameter.origin.calibrated_to.begin(), parameter.origin.calibrated_to.end());
    const auto& spread = parameter.variability_origin.calibrated_to;
    rows.insert(spread.begin(), spread.end());
  }
  return rows;
}

struct Simulated {
  VectorXd mean, sd;
};

nlohmann::json to_json(const VectorXd& values) {
  nlohmann::json list = nlohmann::json::array();
  for (const double value : values) {
    list.push_back(std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr));
  }
  return list;
}

VectorXd from_json(const nlohmann::json& list) {
  VectorXd values(static_cast<Eigen::Index>(list.size()));
  for (Eigen::Index i = 0; i < values.size(); ++i) {
    const auto& value = list.at(static_cast<std::size_t>(i));
    values[i] = value.is_number() ? value.get<double>() : lang::kUnknown;
  }
  return values;
}

// The simulations of a run in their order. The search is a function of their results, so that one
// that is given the first of them again goes on exactly as it would have.
class Memory {
 public:
  explicit Memory(std::string of) : of_(std::move(of)) {}

  Faults read(const std::string& text) {
    const nlohmann::json state = nlohmann::json::parse(text, nullptr, false);
    if (!state.is_object() || !state.contains("of") || !state.contains("simulations")) {
      return Faults({{"the state to resume from", 0, 0},
                     "it is no state of a calibration",
                     "remove it to begin anew",
                     {}});
    }
    if (state["of"] != of_) {
      return Faults({{"the state to resume from", 0, 0},
                     "it belongs to another calibration: other numbers to fit, rows, design, seed "
                     "or replicates",
                     "remove it to begin anew",
                     {}});
    }
    for (const auto& one : state["simulations"]) {
      runs_.push_back({from_json(one["x"]), {from_json(one["mean"]), from_json(one["sd"])}});
    }
    resumed_ = runs_.size();
    return {};
  }

  // The next result, where it is there and of these numbers.
  const Simulated* next(const VectorXd& x) {
    if (at_ >= runs_.size()) return nullptr;
    if (runs_[at_].x != x) {
      runs_.resize(at_);
      resumed_ = std::min(resumed_, at_);
      return nullptr;
    }
    return &runs_[at_++].result;
  }

  void add(const VectorXd& x, const Simulated& result) {
    runs_.push_back({x, result});
    at_ = runs_.size();
  }

  std::string text() const {
    nlohmann::json list = nlohmann::json::array();
    for (const Run& run : runs_) {
      list.push_back({{"x", to_json(run.x)},
                      {"mean", to_json(run.result.mean)},
                      {"sd", to_json(run.result.sd)}});
    }
    return nlohmann::json{{"of", of_}, {"simulations", std::move(list)}}.dump() + "\n";
  }

  int used() const { return static_cast<int>(at_); }
  int resumed() const { return static_cast<int>(resumed_); }

 private:
  struct Run {
    VectorXd x;
    Simulated result;
  };
  std::string of_;
  std::vector<Run> runs_;
  std::size_t at_ = 0, resumed_ = 0;
};

class Calibrator {
 public:
  Calibrator(programme::Programme& programme, const DesignSet& designs,
             const CalibrationOptions& options)
      : programme_(programme),
        designs_(designs),
        options_(options),
        original_(programme.model.parameters),
        numbers_(free_numbers(programme.model)) {}

  Result<Calibration> run() {
    if (numbers_.empty()) {
      return Fault{{programme_.directory + "/parameters.toml", 0, 0},
                   "no parameter says 'calibrated_to'",
                   "there is nothing to fit",
                   {}};
    }
    auto mapping = map_evidence(programme_, designs_, programme_.evidence);
    if (!mapping.ok()) return mapping.faults();
    mapping_ = std::move(*mapping);
    if (Faults faults = choose_rows(); !faults.empty()) return faults;
    memory_ = Memory(fingerprint());
    if (!options_.resume.empty()) {
      if (Faults faults = memory_.read(options_.resume); !faults.empty()) return faults;
    }
    fit();
    return std::move(result_);
  }

 private:
  // What the results of the simulations depend on.
  std::string fingerprint() const {
    std::string text = fmt::format("{} {}", options_.seed, options_.replicates);
    for (const Design& design : designs_.trials) {
      text += fmt::format("; {} {}", design.name, design.trial_number);
      for (const Arm& arm : design.arms) text += fmt::format(" {} {}", arm.regimen, arm.n);
    }
    for (const FreeNumber& number : numbers_) {
      text += fmt::format("; {} {} {}", number.parameter, number.spread, number.start);
    }
    for (const RowFit& row : result_.rows) text += fmt::format("; {} {}", row.row, row.published);
    for (const Parameter& parameter : original_) {
      text += fmt::format("; {} {}", parameter.typical, parameter.between_subject);
    }
    return sha256_hex(text);
  }

  // A row that only repeats another would count the same patients twice.
  void refuse_restated(std::set<std::string>& wanted, Faults& faults) const {
    for (const auto& row : programme_.evidence) {
      if (!row.restated() || wanted.erase(row.id) == 0) continue;
      faults.add({programme_.directory + "/parameters.toml", 0, 0},
                 "row " + row.id +
                     " is named by calibrated_to, but its status is 'document': it "
                     "repeats what another row reports",
                 "name the row that holds the result itself");
    }
  }

  Faults choose_rows() {
    Faults faults;
    std::set<std::string> wanted = wanted_rows(programme_.model);
    refuse_restated(wanted, faults);
    for (std::size_t i = 0; i < mapping_.result.rows.size(); ++i) {
      const auto& row = *mapping_.result.rows[i].row;
      if (wanted.erase(row.id) == 0) continue;
      rows_.push_back(i);
      result_.rows.push_back({row.id, *row.value_num, 0, 0, 0});
    }
    for (const std::string& id : wanted) {
      faults.add({programme_.directory + "/parameters.toml", 0, 0},
                 "row " + id + " is named by calibrated_to, but this design does not map it",
                 "calibrate with the design that holds every trial of those rows");
    }
    return faults;
  }

  VectorXd start() const {
    VectorXd x(static_cast<Eigen::Index>(numbers_.size()));
    for (Eigen::Index i = 0; i < x.size(); ++i) x[i] = numbers_[static_cast<std::size_t>(i)].start;
    return x;
  }

  void put(const VectorXd& x) {
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const FreeNumber& number = numbers_[static_cast<std::size_t>(i)];
      const auto index = static_cast<std::size_t>(number.index);
      Parameter& parameter = programme_.model.parameters[index];
      const Parameter& original = original_[index];
      if (number.spread) {
        parameter.between_subject = std::exp(x[i]);
        continue;
      }
      if (parameter.mixture < 0) parameter.typical = from_scale(parameter.scale, x[i]);
      for (std::size_t c = 0; c < parameter.class_typical.size(); ++c) {
        const double typical = to_scale(parameter.scale, original.class_typical[c]);
        parameter.class_typical[c] = from_scale(parameter.scale, typical + x[i]);
      }
    }
  }

  std::int64_t patients_a_simulation() const {
    std::int64_t n = 0;
    for (const Design& design : designs_.trials) {
      for (const Arm& arm : design.arms) n += arm.n;
    }
    return n * options_.replicates;
  }

  Simulated simulate(const VectorXd& x) {
    put(x);
    if (const Simulated* kept = memory_.next(x)) {
      if (options_.done != nullptr) options_.done->fetch_add(patients_a_simulation());
      return *kept;
    }
    Simulated out = simulate_anew();
    if (!stopped()) {
      memory_.add(x, out);
      if (options_.keep) options_.keep(memory_.text());
    }
    return out;
  }

  Simulated simulate_anew() {
    const Plan plan = make_plan(programme_, designs_, mapping_);
    Results results(plan, options_.replicates);
    RunOptions run_options;
    run_options.seed = options_.seed;
    run_options.replicates = options_.replicates;
    run_options.threads = options_.threads;
    run_options.stop = options_.stop;
    run_options.uncertain = false;
    run_options.done = options_.done;
    trial::run(programme_, designs_, run_options, results);
    Simulated out{VectorXd(n_rows()), VectorXd(n_rows())};
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      const auto values = results.row_values(rows_[static_cast<std::size_t>(i)]);
      const Eigen::Map<const VectorXd> v(values.data(), static_cast<Eigen::Index>(values.size()));
      out.mean[i] = v.size() > 0 ? v.mean() : lang::kUnknown;
      out.sd[i] =
          v.size() > 1
              ? std::sqrt((v.array() - v.mean()).square().sum() / static_cast<double>(v.size() - 1))
              : 1;
    }
    return out;
  }

  Eigen::Index n_rows() const { return static_cast<Eigen::Index>(rows_.size()); }
  bool stopped() const { return options_.stop != nullptr && options_.stop->load(); }
  void tell(const std::string& line) const {
    if (options_.tell) options_.tell(line);
  }

  // A row that could not be formed says nothing.
  VectorXd residuals(const Simulated& simulated) const {
    VectorXd r(n_rows());
    for (Eigen::Index i = 0; i < r.size(); ++i) {
      const double published = result_.rows[static_cast<std::size_t>(i)].published;
      const double difference = simulated.mean[i] - published;
      r[i] = std::isnan(difference) ? 0 : difference / scale_[i];
    }
    return r;
  }

  VectorXd prior(const VectorXd& x) const {
    VectorXd p(x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      const FreeNumber& number = numbers_[static_cast<std::size_t>(i)];
      p[i] = (x[i] - number.start) / number.prior_sd;
    }
    return p;
  }

  double objective(const VectorXd& x, const VectorXd& r) const {
    return r.squaredNorm() + prior(x).squaredNorm();
  }

  MatrixXd jacobian(const VectorXd& x, const VectorXd& r) {
    MatrixXd slopes(r.size(), x.size());
    for (Eigen::Index i = 0; i < x.size() && !stopped(); ++i) {
      VectorXd moved = x;
      const double step = 0.2 * numbers_[static_cast<std::size_t>(i)].prior_sd;
      moved[i] += step;
      slopes.col(i) = (residuals(simulate(moved)) - r) / step;
    }
    return slopes;
  }

  void fit() {
    VectorXd x = start();
    if (options_.total != nullptr) {  // each step tries at most four times beside its slopes
      options_.total->store(patients_a_simulation() * (1 + options_.steps * (x.size() + 4)));
    }
    const Simulated first = simulate(x);
    scale_ = first.sd;
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      RowFit& row = result_.rows[static_cast<std::size_t>(i)];
      scale_[i] = std::max({scale_[i], 0.02 * std::abs(row.published), 1e-3});
      row.before = first.mean[i];
      row.sd = scale_[i];
    }
    VectorXd r = residuals(first);
    Simulated best = first;
    result_.objective_before = objective(x, r);
    double damping = 0.1;
    for (int step = 0; step < options_.steps && !stopped(); ++step) {
      tell(fmt::format("step {}: objective {:.1f}, {} numbers, {} rows", step + 1, objective(x, r),
                       x.size(), r.size()));
      const MatrixXd slopes = jacobian(x, r);
      if (stopped()) break;
      normal_ = slopes.transpose() * slopes;
      for (Eigen::Index i = 0; i < x.size(); ++i) normal_(i, i) += 1 / prior_variance(i);
      const VectorXd gradient = slopes.transpose() * r + prior_gradient(x);
      if (!improve(x, r, best, gradient, damping)) break;
    }
    finish(x, r, best);
  }

  double prior_variance(Eigen::Index i) const {
    const double sd = numbers_[static_cast<std::size_t>(i)].prior_sd;
    return sd * sd;
  }

  VectorXd prior_gradient(const VectorXd& x) const {
    VectorXd g = prior(x);
    for (Eigen::Index i = 0; i < g.size(); ++i)
      g[i] /= numbers_[static_cast<std::size_t>(i)].prior_sd;
    return g;
  }

  // Raises the damping until a step lowers the objective; gives up after four.
  bool improve(VectorXd& x, VectorXd& r, Simulated& best, const VectorXd& gradient,
               double& damping) {
    for (int attempt = 0; attempt < 4 && !stopped(); ++attempt, damping *= 4) {
      MatrixXd damped = normal_;
      damped.diagonal() *= 1 + damping;
      const VectorXd candidate = x - damped.ldlt().solve(gradient);
      const Simulated simulated = simulate(candidate);
      const VectorXd residual = residuals(simulated);
      if (stopped() || objective(candidate, residual) >= objective(x, r)) continue;
      x = candidate;
      r = residual;
      best = simulated;
      damping *= 0.3;
      return true;
    }
    return false;
  }

  void finish(const VectorXd& x, const VectorXd& r, const Simulated& best) {
    put(x);
    result_.interrupted = stopped();
    result_.simulations = memory_.used();
    result_.resumed = memory_.resumed();
    result_.objective_after = objective(x, r);
    const MatrixXd covariance =
        normal_.size() > 0 ? MatrixXd(normal_.inverse()) : MatrixXd::Zero(x.size(), x.size());
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      FreeNumber& number = numbers_[static_cast<std::size_t>(i)];
      number.fitted = x[i];
      number.standard_error = std::sqrt(covariance(i, i));
    }
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      result_.rows[static_cast<std::size_t>(i)].after = best.mean[i];
    }
    result_.numbers = numbers_;
  }

  programme::Programme& programme_;
  const DesignSet& designs_;
  const CalibrationOptions& options_;
  const std::vector<Parameter> original_;
  std::vector<FreeNumber> numbers_;
  Mapping mapping_;
  std::vector<std::size_t> rows_;  // into the mapped rows
  VectorXd scale_;
  MatrixXd normal_;
  Memory memory_{""};
  Calibration result_;
};

std::string value_text(double canonical, const Unit& unit) {
  return number_text(unit.from_canonical(canonical), 3) + " " + unit.code;
}

// The new text of one key of a parameter, or "" where the calibration leaves it alone.
std::string fitted_line(std::string_view key, const Parameter& parameter, bool typical, bool spread,
                        const std::vector<std::string>& classes) {
  if (key == "between_subject" && spread) {
    const double sd = parameter.scale == Scale::kNormal
                          ? parameter.unit.from_canonical(parameter.between_subject)
                          : parameter.between_subject;
    return "between_subject = " + number_text(sd, 3);
  }
  if (key == "value" && typical) {
    return "value = \"" + value_text(parameter.typical, parameter.unit) + "\"";
  }
  if (key != "class_values" || !typical) return {};
  std::vector<std::string> parts;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    parts.push_back(classes[c] + " = \"" + value_text(parameter.class_typical[c], parameter.unit) +
                    "\"");
  }
  return "class_values = { " + join(parts, ", ") + " }";
}

}  // namespace

Result<Calibration> calibrate(programme::Programme& programme, const DesignSet& designs,
                              const CalibrationOptions& options) {
  return Calibrator(programme, designs, options).run();
}

std::string with_fitted(const std::string& parameters_toml, const programme::Programme& programme,
                        const Calibration& calibration) {
  const model::Model& model = programme.model;
  std::string out;
  const Parameter* parameter = nullptr;
  bool typical = false, spread = false;
  for (const std::string_view line : split(parameters_toml, '\n')) {
    if (line.starts_with("[")) {
      const std::string_view name = trim(line).substr(1, trim(line).size() - 2);
      const bool is_parameter = name.starts_with("parameter.");
      const int index = is_parameter ? model.parameter(name.substr(10)) : -1;
      parameter = index >= 0 ? &model.parameters[static_cast<std::size_t>(index)] : nullptr;
      typical = spread = false;
      for (const FreeNumber& number : calibration.numbers) {
        if (number.index == index) (number.spread ? spread : typical) = true;
      }
    }
    const std::string_view key = trim(line.substr(0, line.find('=')));
    std::string fitted;
    if (parameter != nullptr) {
      const auto mixture = static_cast<std::size_t>(std::max(parameter->mixture, 0));
      const bool mixed = parameter->mixture >= 0;
      fitted = fitted_line(key, *parameter, typical, spread,
                           mixed ? model.mixtures[mixture].classes : std::vector<std::string>());
    }
    out += fitted.empty() ? std::string(line) : fitted;
    out += '\n';
  }
  out.pop_back();  // split() gives one more piece than there are newlines
  return out;
}

}  // namespace dosewright::trial
