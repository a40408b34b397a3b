#include "dosewright/trial/calibrate.hpp"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <nlopt.hpp>
#include <set>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/trial/results.hpp"

namespace dosewright::trial {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using model::Parameter;
using model::Scale;

constexpr double kWidthOfSd = 2 * 1.959963984540054;  // a 95 % interval is so many SDs wide

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

// How far a number may reasonably move: as its prior says, or by half on its scale; a spread by a
// third.
double prior_sd(const Parameter& parameter, bool spread) {
  if (spread) return 0.3;
  if (parameter.prior && parameter.prior->sd > 0) return parameter.prior->sd;
  if (parameter.scale != Scale::kNormal) return 0.5;
  return std::max(0.5 * std::abs(parameter.typical), 3 * parameter.uncertainty);
}

// The search begins at the priors, not where the last one ended: the same from any state.
std::vector<Parameter> at_priors(std::vector<Parameter> parameters) {
  for (Parameter& parameter : parameters) {
    if (!parameter.prior) continue;
    const model::Prior& prior = *parameter.prior;
    if (!parameter.origin.calibrated_to.empty()) {
      parameter.typical = prior.typical;
      parameter.class_typical = prior.class_typical;
    }
    const bool spread = !parameter.variability_origin.calibrated_to.empty();
    if (spread && prior.between_subject > 0) parameter.between_subject = prior.between_subject;
  }
  return parameters;
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
      runs_.push_back({from_json(one["x"]),
                       one.value("replicates", 0),
                       {from_json(one["mean"]), from_json(one["sd"])}});
    }
    resumed_ = runs_.size();
    return {};
  }

  // The next result, where it is there and of these numbers.
  const Simulated* next(const VectorXd& x, int replicates) {
    if (at_ >= runs_.size()) return nullptr;
    if (runs_[at_].x != x || runs_[at_].replicates != replicates) {
      runs_.resize(at_);
      resumed_ = std::min(resumed_, at_);
      return nullptr;
    }
    return &runs_[at_++].result;
  }

  void add(const VectorXd& x, int replicates, const Simulated& result) {
    runs_.push_back({x, replicates, result});
    at_ = runs_.size();
  }

  std::string text() const {
    nlohmann::json list = nlohmann::json::array();
    for (const Run& run : runs_) {
      list.push_back({{"x", to_json(run.x)},
                      {"replicates", run.replicates},
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
    int replicates = 0;
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
        original_(at_priors(programme.model.parameters)) {
    programme_.model.parameters = original_;
    numbers_ = free_numbers(programme_.model);
  }

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

  std::int64_t patients_of_all() const {
    std::int64_t n = 0;
    for (const Design& design : designs_.trials) {
      for (const Arm& arm : design.arms) n += arm.n;
    }
    return n;
  }

  // Patients of the whole search at most: each step tries four times at most beside its slopes.
  std::int64_t patients_of_search() const {
    const auto n = static_cast<std::int64_t>(numbers_.size());
    if (options_.optimiser == Optimiser::kBobyqa) {
      return patients_of_all() *
             ((n + 1) * slope_replicates() + options_.replicates * (1 + options_.steps * (n + 4)));
    }
    return patients_of_all() * (options_.steps * (n + 1) * slope_replicates() +
                                options_.replicates * (1 + options_.steps * 4));
  }

  Simulated simulate(const VectorXd& x, int replicates) {
    put(x);
    const std::int64_t patients = patients_of_all() * replicates;
    if (const Simulated* kept = memory_.next(x, replicates)) {
      if (options_.done != nullptr) options_.done->fetch_add(patients);
      return *kept;
    }
    Simulated out = simulate_anew(replicates);
    if (!stopped()) {
      memory_.add(x, replicates, out);
      if (options_.keep) options_.keep(memory_.text());
    }
    return out;
  }

  Simulated simulate(const VectorXd& x) { return simulate(x, options_.replicates); }

  // A difference needs fewer replicates than a mean: both of its ends have the same luck.
  int slope_replicates() const { return std::clamp(options_.replicates / 4, 1, 8); }

  Simulated simulate_anew(int replicates) {
    const Plan plan = make_plan(programme_, designs_, mapping_);
    Results results(plan, replicates);
    RunOptions run_options;
    run_options.seed = options_.seed;
    run_options.replicates = replicates;
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

  // Slopes of the simulated rows, each in its own unit.
  MatrixXd slopes_at(const VectorXd& x) {
    MatrixXd slopes = MatrixXd::Zero(n_rows(), x.size());
    const Simulated here = simulate(x, slope_replicates());
    for (Eigen::Index i = 0; i < x.size() && !stopped(); ++i) {
      VectorXd moved = x;
      const double step = 0.2 * numbers_[static_cast<std::size_t>(i)].prior_sd;
      moved[i] += step;
      const VectorXd difference = simulate(moved, slope_replicates()).mean - here.mean;
      slopes.col(i) = difference.unaryExpr([](double d) { return std::isnan(d) ? 0 : d; }) / step;
    }
    return slopes;
  }

  // What the patients of each trial are of all those behind a row: 1 for a row of one trial.
  VectorXd trial_shares(std::size_t row) const {
    const MappedRow& mapped = mapping_.result.rows[rows_[row]];
    VectorXd shares = VectorXd::Zero(static_cast<Eigen::Index>(designs_.trials.size()));
    for (const ArmIndex& index : mapped.active) {
      const Design& design = designs_.trials[static_cast<std::size_t>(index.trial)];
      shares[index.trial] += design.arms[static_cast<std::size_t>(index.arm)].n;
    }
    return shares / std::max(shares.sum(), 1.0);
  }

  // Covariance of the rows, in their own units, from what differs between trials: a parameter's
  // effect of a trial moves all rows of that trial together.
  MatrixXd between_trials(const MatrixXd& slopes) const {
    MatrixXd shares(n_rows(), static_cast<Eigen::Index>(designs_.trials.size()));
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      shares.row(i) = trial_shares(static_cast<std::size_t>(i)).transpose();
    }
    MatrixXd covariance = MatrixXd::Zero(n_rows(), n_rows());
    for (Eigen::Index k = 0; k < slopes.cols(); ++k) {
      const FreeNumber& number = numbers_[static_cast<std::size_t>(k)];
      const double tau = original_[static_cast<std::size_t>(number.index)].between_trial;
      if (number.spread || !(tau > 0)) continue;
      const MatrixXd moved = tau * (slopes.col(k).asDiagonal() * shares);
      covariance += moved * moved.transpose();
    }
    return covariance;
  }

  // SD of each row: its published standard error (that of the simulated trials where none is
  // published), and what trials differ beyond it.
  void weigh(const Simulated& first, const MatrixXd& slopes) {
    sampling_ = first.sd;
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      const auto& mapped = mapping_.result.rows[rows_[static_cast<std::size_t>(i)]];
      if (const auto width = sampling_width(mapped)) sampling_[i] = *width / kWidthOfSd;
      const double published = result_.rows[static_cast<std::size_t>(i)].published;
      sampling_[i] = std::max({sampling_[i], 0.02 * std::abs(published), 1e-3});
    }
    scale_ = (sampling_.array().square() + between_trials(slopes).diagonal().array()).sqrt();
  }

  void fit() {
    VectorXd x = start();
    if (options_.total != nullptr) options_.total->store(patients_of_search());
    const Simulated first = simulate(x);
    slopes_ = slopes_at(x);
    weigh(first, slopes_);
    for (Eigen::Index i = 0; i < n_rows(); ++i) {
      RowFit& row = result_.rows[static_cast<std::size_t>(i)];
      row.before = first.mean[i];
      row.sd = scale_[i];
    }
    Simulated best = first;
    result_.objective_before = objective(x, residuals(first));
    if (options_.optimiser == Optimiser::kBobyqa) {
      search_without_slopes(x, best);
    } else {
      search_with_slopes(x, best);
    }
    finish(x, residuals(best), best);
  }

  void search_with_slopes(VectorXd& x, Simulated& best) {
    VectorXd r = residuals(best);
    double damping = 0.1;
    for (int step = 0; step < options_.steps && !stopped(); ++step) {
      tell(fmt::format("step {}: objective {:.1f}, {} numbers, {} rows", step + 1, objective(x, r),
                       x.size(), r.size()));
      if (step > 0) slopes_ = slopes_at(x);
      if (stopped()) break;
      const MatrixXd slopes = scale_.cwiseInverse().asDiagonal() * slopes_;
      normal_ = slopes.transpose() * slopes;
      for (Eigen::Index i = 0; i < x.size(); ++i) normal_(i, i) += 1 / prior_variance(i);
      const VectorXd gradient = slopes.transpose() * r + prior_gradient(x);
      if (!improve(x, r, best, gradient, damping)) break;
    }
  }

  // The same number of simulations for a search that builds its own quadratic model [Powell2009].
  void search_without_slopes(VectorXd& x, Simulated& best) {
    const auto n = static_cast<unsigned>(x.size());
    nlopt::opt search(nlopt::LN_BOBYQA, n);
    std::vector<double> steps;
    for (const FreeNumber& number : numbers_) steps.push_back(0.2 * number.prior_sd);
    search.set_initial_step(steps);
    search.set_maxeval(options_.steps * (static_cast<int>(n) + 4));
    double lowest = objective(x, residuals(best));
    auto value = [&](const std::vector<double>& at) {
      if (stopped()) throw nlopt::forced_stop();
      const Eigen::Map<const VectorXd> candidate(at.data(), x.size());
      const Simulated simulated = simulate(candidate);
      const double found = objective(candidate, residuals(simulated));
      if (found < lowest && !stopped()) {
        lowest = found;
        best = simulated;
        x = candidate;
        tell(fmt::format("simulation {}: objective {:.1f}", memory_.used(), found));
      }
      return found;
    };
    using Value = decltype(value);
    search.set_min_objective([](const std::vector<double>& at, std::vector<double>&,
                                void* data) { return (*static_cast<Value*>(data))(at); },
                             &value);
    std::vector<double> at(x.data(), x.data() + x.size());
    double found = 0;
    try {
      search.optimize(at, found);
    } catch (const nlopt::forced_stop&) {
      tell("stopped: the best so far is kept");
    } catch (const nlopt::roundoff_limited&) {
      tell("the search has come as near as the noise of the counts allows");
    }
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

  // Of the estimate, not of the objective: A = J'WJ + P is what the search minimises with its
  // diagonal weights W, and the rows really vary by R, in which those of one trial go together:
  // A^-1 (J'WRWJ + P) A^-1.
  MatrixXd covariance_of_numbers() const {
    const MatrixXd slopes = scale_.cwiseInverse().asDiagonal() * slopes_;
    MatrixXd rows = scale_.cwiseInverse().asDiagonal() * between_trials(slopes_) *
                    scale_.cwiseInverse().asDiagonal();
    rows.diagonal() += (sampling_.array() / scale_.array()).square().matrix();
    MatrixXd information = slopes.transpose() * slopes;
    MatrixXd variance = slopes.transpose() * rows * slopes;
    for (Eigen::Index i = 0; i < information.rows(); ++i) {
      information(i, i) += 1 / prior_variance(i);
      variance(i, i) += 1 / prior_variance(i);
    }
    const MatrixXd inverse = information.inverse();
    const MatrixXd covariance = inverse * variance * inverse;
    return 0.5 * (covariance + covariance.transpose());
  }

  void finish(const VectorXd& x, const VectorXd& r, const Simulated& best) {
    put(x);
    result_.interrupted = stopped();
    result_.simulations = memory_.used();
    result_.resumed = memory_.resumed();
    result_.objective_after = objective(x, r);
    const MatrixXd covariance = covariance_of_numbers();
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      FreeNumber& number = numbers_[static_cast<std::size_t>(i)];
      number.fitted = x[i];
      number.standard_error = std::sqrt(covariance(i, i));
    }
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      for (Eigen::Index j = 0; j < x.size(); ++j) {
        result_.correlation.push_back(covariance(i, j) /
                                      std::sqrt(covariance(i, i) * covariance(j, j)));
      }
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
  VectorXd sampling_, scale_;  // SD of each row: by chance alone; with what differs between trials
  MatrixXd slopes_;            // of the rows, in their own units, where they were last found
  MatrixXd normal_;
  Memory memory_{""};
  Calibration result_;
};

}  // namespace

Result<Calibration> calibrate(programme::Programme& programme, const DesignSet& designs,
                              const CalibrationOptions& options) {
  return Calibrator(programme, designs, options).run();
}

}  // namespace dosewright::trial
