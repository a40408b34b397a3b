#include "dosewright/cohort/run.hpp"

#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <numeric>
#include <optional>
#include <string>

#include "dosewright/cohort/chunk.hpp"
#include "dosewright/sim/open_loop.hpp"
#include "dosewright/sim/subject_batch.hpp"

namespace dosewright::cohort {
namespace {

Faults faults_of(const model::Model& model, const Schedule& schedule,
                 const CohortOptions& options) {
  Faults faults = sim::schedule_faults(schedule.doses, schedule.observe_at, schedule.start);
  if (options.chunk < 1) {
    faults.add(Place{}, "a chunk has 1 patient or more, found " + std::to_string(options.chunk),
               "64 is a good size");
  }
  if (!supported(options.width)) {
    faults.add(Place{},
               std::string("this processor lacks the width '") + to_text(options.width) + "'",
               std::string("use '") + to_text(widest()) + "' or a smaller one");
  }
  const auto n_outputs = static_cast<int>(model.output_names.size());
  for (const int output : options.outputs) {
    if (output >= 0 && output < n_outputs) continue;
    faults.add(Place{},
               "the model has outputs 0 to " + std::to_string(n_outputs - 1) + ", found " +
                   std::to_string(output),
               "");
  }
  return faults;
}

// What moves lanes of a model: its exact path, or else its levels, or nothing.
struct Ways {
  std::optional<Split> split;
  std::optional<std::vector<sim::Level>> levels;
};

Ways ways(const model::Model& model, const CohortOptions& options) {
  Ways result;
  if (options.reference_only) return result;
  result.split = split(model);
  if (!result.split) result.levels = sim::levels(model);
  return result;
}

// What one thread keeps from chunk to chunk.
class Worker {
 public:
  Worker(const model::Model& model, const Ways& ways, const Schedule& schedule,
         const CohortOptions& options)
      : model_(model),
        schedule_(schedule),
        options_(options),
        outputs_(options.outputs),
        parameters_(model.parameters.size()),
        covariates_(model.covariates.size()) {
    if (outputs_.empty()) {
      outputs_.resize(model.output_names.size());
      std::iota(outputs_.begin(), outputs_.end(), 0);
    }
    const auto lanes = static_cast<std::size_t>(options.chunk);
    if (ways.split) chunk_.emplace(model, *ways.split, options.chunk, options.width);
    if (ways.levels) batch_.emplace(model, *ways.levels, options.chunk, options.width);
    values_.resize(schedule.observe_at.size() * outputs_.size() * lanes);
    amounts_.resize(lanes);
    statuses_.resize(lanes);
    by_reference_.resize(lanes);
  }

  ChunkResult run(std::uint64_t first, int n, const DrawPatient& draw) {
    n_ = n;
    std::fill(statuses_.begin(), statuses_.end(), num::Status::kOk);
    std::fill(by_reference_.begin(), by_reference_.end(), std::uint8_t{1});
    if (chunk_) run_lanes(*chunk_, first, draw);
    if (batch_) run_lanes(*batch_, first, draw);
    for (int lane = 0; lane < n; ++lane) {
      if (by_reference_[static_cast<std::size_t>(lane)] != 0) run_reference(first, lane, draw);
    }
    const auto count = static_cast<std::size_t>(n);
    return {first,
            n,
            static_cast<int>(outputs_.size()),
            std::span(values_).first(schedule_.observe_at.size() * outputs_.size() * count),
            std::span(statuses_).first(count),
            std::span(by_reference_).first(count)};
  }

  std::size_t bytes() const {
    const std::size_t lanes = chunk_ ? chunk_->bytes() : batch_ ? batch_->bytes() : 0;
    return lanes + sizeof(double) * (values_.size() + amounts_.size());
  }

 private:
  std::size_t cell(std::size_t observation, std::size_t output, int lane) const {
    return (observation * outputs_.size() + output) * static_cast<std::size_t>(n_) +
           static_cast<std::size_t>(lane);
  }

  void advance(Chunk& chunk, Minutes to) { chunk.advance(to); }
  void advance(sim::SubjectBatch& batch, Minutes to) {
    instants_.assign(static_cast<std::size_t>(batch.n_lanes()), to);
    batch.advance(instants_);
  }

  // Lanes beyond the last patient repeat him: what they hold is never read.
  template <class Lanes>
  void run_lanes(Lanes& lanes, std::uint64_t first, const DrawPatient& draw) {
    for (int lane = 0; lane < options_.chunk; ++lane) {
      if (lane < n_) draw(first + static_cast<std::uint64_t>(lane), parameters_, covariates_);
      const auto at = static_cast<std::size_t>(lane);
      int i = 0;
      for (const double value : parameters_) lanes.given(i++)[at] = value;
      for (const double value : covariates_) lanes.given(i++)[at] = value;
    }
    lanes.start(schedule_.start);
    std::size_t next = 0;
    for (std::size_t o = 0; o < schedule_.observe_at.size(); ++o) {
      const Minutes at = schedule_.observe_at[o];
      for (; next < schedule_.doses.size() && schedule_.doses[next].at < at; ++next) {
        advance(lanes, schedule_.doses[next].at);
        std::fill(amounts_.begin(), amounts_.end(), schedule_.doses[next].mg);
        lanes.dose(amounts_);
      }
      advance(lanes, at);
      for (std::size_t k = 0; k < outputs_.size(); ++k) {
        std::copy_n(lanes.output(outputs_[k]).begin(), n_,
                    values_.begin() + static_cast<std::ptrdiff_t>(cell(o, k, 0)));
      }
    }
    for (int lane = 0; lane < n_; ++lane) {
      by_reference_[static_cast<std::size_t>(lane)] =
          static_cast<std::uint8_t>(lanes.left_out(lane));
    }
  }

  void run_reference(std::uint64_t first, int lane, const DrawPatient& draw) {
    draw(first + static_cast<std::uint64_t>(lane), parameters_, covariates_);
    const auto path =
        sim::simulate(model_, {parameters_, covariates_, schedule_.doses, schedule_.observe_at,
                               schedule_.start, options_.tolerance});
    DW_CHECK(path.ok(), path.ok() ? "" : to_text(path.faults()));
    statuses_[static_cast<std::size_t>(lane)] = path->status;
    for (std::size_t o = 0; o < schedule_.observe_at.size(); ++o) {
      for (std::size_t k = 0; k < outputs_.size(); ++k) {
        values_[cell(o, k, lane)] = path->at(static_cast<int>(o), outputs_[k]);
      }
    }
  }

  const model::Model& model_;
  const Schedule& schedule_;
  const CohortOptions& options_;
  std::vector<int> outputs_;
  std::vector<double> parameters_, covariates_, values_, amounts_;
  std::vector<num::Status> statuses_;
  std::vector<std::uint8_t> by_reference_;
  std::vector<Minutes> instants_;
  std::optional<Chunk> chunk_;
  std::optional<sim::SubjectBatch> batch_;
  int n_ = 0;
};

struct Counts {
  std::atomic<std::uint64_t> failed{0}, by_reference{0};
  std::atomic<std::size_t> bytes{0};
};

void count(const ChunkResult& result, Counts& counts) {
  std::uint64_t failed = 0, by_reference = 0;
  for (const num::Status status : result.statuses) {
    failed += static_cast<std::uint64_t>(status != num::Status::kOk);
  }
  for (const std::uint8_t one : result.by_reference) by_reference += one;
  counts.failed += failed;
  counts.by_reference += by_reference;
}

}  // namespace

Result<CohortReport> run_cohort(const model::Model& model, const Schedule& schedule,
                                const CohortOptions& options, const DrawPatient& draw,
                                const TakeChunk& take) {
  namespace tbb = oneapi::tbb;
  Faults faults = faults_of(model, schedule, options);
  if (!faults.empty()) return faults;
  const Ways found = ways(model, options);
  const auto threads =
      options.threads > 0
          ? static_cast<std::size_t>(options.threads)
          : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::enumerable_thread_specific<std::unique_ptr<Worker>> workers;
  Counts counts;
  const auto chunk = static_cast<std::uint64_t>(options.chunk);
  tbb::parallel_for(std::uint64_t{0}, (options.n + chunk - 1) / chunk, [&](std::uint64_t i) {
    std::unique_ptr<Worker>& worker = workers.local();
    if (!worker) worker = std::make_unique<Worker>(model, found, schedule, options);
    const std::uint64_t begin = i * chunk;
    const auto n = static_cast<int>(std::min(chunk, options.n - begin));
    const ChunkResult result = worker->run(options.first + begin, n, draw);
    count(result, counts);
    counts.bytes = worker->bytes();
    take(result);
  });
  return CohortReport{options.n, counts.failed, counts.by_reference, counts.bytes / chunk};
}

}  // namespace dosewright::cohort
