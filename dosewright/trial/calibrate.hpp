// Calibration by simulation: every number of parameters.toml that says `calibrated_to` is fitted to
// exactly the rows that it names.
//
// Idea: residuals are (simulated - published) / SD of the row, summed over rows; the counter-based
// random numbers are the same in every simulation, so differences between two parameter sets are
// not drowned in noise and a damped Gauss-Newton search works [Levenberg1944, Marquardt1963]. The
// SD of a row is its published standard error together with what trials differ beyond it. A weak
// prior keeps each number near where the search began, in units of its own scale: `prior` of the
// parameter, which no fit moves, so that a calibration gives the same file from any state.
// The covariance of the fitted numbers goes into the file too, and trials draw from it.
// Limits: a local search; the covariance is of the linearised problem, and spreads (between
// subjects) are written without theirs. Cost: one simulation of the whole design per free number
// and step.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "dosewright/trial/run.hpp"

namespace dosewright::trial {

// One number that is fitted, on the scale on which it varies.
struct FreeNumber {
  std::string parameter;
  bool spread = false;  // the between-subject SD rather than the typical value
  int index = 0;        // into Model::parameters
  double start = 0;     // on the scale: log, logit or the canonical value; log of a spread
  double fitted = 0;
  double prior_sd = 0;        // on the same scale
  double standard_error = 0;  // of the fit, prior included
};

enum class Optimiser : std::uint8_t {
  kGaussNewton,
  kBobyqa,  // of NLopt, which sees the objective alone: for comparison
};

struct CalibrationOptions {
  Optimiser optimiser = Optimiser::kGaussNewton;
  std::uint64_t seed = 11;
  int replicates = 8;
  int threads = 0;
  int steps = 3;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const std::string&)> tell;  // one line per simulation round; may be empty
  // Every simulation is kept as text: an interrupted run that is given it again goes on where it
  // stopped, to the same result as if it had not been. "": from the beginning.
  std::string resume;
  std::function<void(const std::string&)> keep;  // after each simulation, all so far; may be empty
  std::atomic<std::int64_t>* done = nullptr;     // patients simulated, and how many there will be
  std::atomic<std::int64_t>* total = nullptr;    // at most
};

struct RowFit {
  std::string row;
  double published = 0, before = 0, after = 0, sd = 0;
};

struct Calibration {
  std::vector<FreeNumber> numbers;
  std::vector<RowFit> rows;
  std::vector<double> correlation;                   // of the numbers, row-major
  double objective_before = 0, objective_after = 0;  // residuals and prior, squared and summed
  int simulations = 0;  // of the whole design, those that were kept from an earlier run included
  int resumed = 0;      // of them kept from an earlier run
  bool interrupted = false;
};

// `programme` holds the fitted numbers afterwards. Faults: nothing says calibrated_to; a row that
// it names is not mapped by the design, or is a `document` row, which only repeats another; a text
// to resume from that belongs to another calibration.
Result<Calibration> calibrate(programme::Programme& programme, const DesignSet& designs,
                              const CalibrationOptions& options);

// The text of parameters.toml with the fitted numbers in place of the old ones, and the joint
// uncertainty of the typical values among them as its table [uncertainty]; all else untouched.
std::string with_fitted(const std::string& parameters_toml, const programme::Programme& programme,
                        const Calibration& calibration);

}  // namespace dosewright::trial
