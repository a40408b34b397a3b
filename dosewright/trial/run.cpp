#include "dosewright/trial/run.hpp"

#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include "dosewright/base/check.hpp"

namespace dosewright::trial {

namespace {

constexpr int kMostLedgerChecks = 64;
constexpr std::uint64_t kReplicateFactor = 1'000'000;
constexpr std::uint64_t kTrialFactor = kReplicateFactor * kMostReplicates;

struct Job {
  int trial = 0, replicate = 0, chunk = 0, first = 0, last = 0;  // patients [first, last)
};

int patients_of(const Design& design) {
  int n = 0;
  for (const Arm& arm : design.arms) n += arm.n;
  return n;
}

// Long jobs, for at the end of each some lanes are empty; several for each thread, which else would
// wait for the last one.
int patients_of_job(const DesignSet& designs, int replicates, std::size_t threads) {
  std::int64_t patients = 0;
  for (const Design& design : designs.trials) patients += patients_of(design);
  const auto share = patients * replicates / (8 * static_cast<std::int64_t>(threads));
  return static_cast<int>(std::clamp<std::int64_t>(share, 128, 2048));
}

std::vector<Job> plan(const DesignSet& designs, int replicates, std::size_t threads) {
  const int chunk_size = patients_of_job(designs, replicates, threads);
  std::vector<Job> jobs;
  for (int replicate = 0; replicate < replicates; ++replicate) {
    for (std::size_t t = 0; t < designs.trials.size(); ++t) {
      const int n = patients_of(designs.trials[t]);
      for (int first = 0, chunk = 0; first < n; first += chunk_size, ++chunk) {
        const int last = std::min(n, first + chunk_size);
        jobs.push_back({static_cast<int>(t), replicate, chunk, first, last});
      }
    }
  }
  return jobs;
}

// What one thread keeps from job to job.
struct Worker {
  std::vector<std::unique_ptr<PatientBlock>> blocks;  // per trial, made when first needed
  std::vector<PatientBlock::Member> members;
};

class Runner {
 public:
  Runner(const programme::Programme& programme, const DesignSet& designs, const RunOptions& options,
         Results& results)
      : programme_(programme), designs_(designs), options_(options), results_(results) {}

  void run_job(const Job& job, Worker& worker) {
    if (stopped()) return;
    const auto trial = static_cast<std::size_t>(job.trial);
    const Design& design = designs_.trials[trial];
    worker.blocks.resize(designs_.trials.size());
    if (!worker.blocks[trial]) {
      const int room = std::min(PatientBlock::kMost, patients_of(design));
      worker.blocks[trial] = std::make_unique<PatientBlock>(
          programme_, design, BlockOptions{options_.seed, room, options_.mover});
    }
    PatientBlock& block = *worker.blocks[trial];
    const auto population =
        options_.uncertain
            ? model::draw_population(programme_.model,
                                     {options_.seed, static_cast<std::uint32_t>(job.replicate),
                                      static_cast<std::uint32_t>(design.trial_number), true})
            : model::typical_population(programme_.model);
    worker.members.clear();
    for (int i = job.first; i < job.last; ++i) {
      worker.members.push_back({patient_id({design.trial_number, job.replicate, i}),
                                arm_of(design, i), i == job.first && owes_ledger_check(job)});
    }
    Tally tally(results_.context(), job.trial);
    RunReport report;
    const std::int64_t stepped = block.stepped();
    block.run(population, worker.members, [&](const PatientBlock::Ended& ended) {
      if (ended.record.status != num::Status::kOk) ++report.failed;
      tally.add(ended.record);
      ++report.patients;
      if (ended.member == 0 && owes_ledger_check(job)) check_ledger(ended, report);
      if (options_.done != nullptr) options_.done->fetch_add(1, std::memory_order_relaxed);
      return !stopped();
    });
    if (report.patients < job.last - job.first) return;
    report.stepped = block.stepped() - stepped;
    const std::scoped_lock lock(mutex_);
    results_.absorb(job.trial, job.replicate, job.chunk, std::move(tally));
    merge(report);
  }

  RunReport report() const { return report_; }

 private:
  bool stopped() const {
    return options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed);
  }

  // The first patient of the first jobs.
  bool owes_ledger_check(const Job& job) const {
    return job.chunk == 0 &&
           job.replicate * static_cast<int>(designs_.trials.size()) + job.trial < kMostLedgerChecks;
  }

  void check_ledger(const PatientBlock::Ended& ended, RunReport& report) const {
    const double difference = ledger_difference(programme_, ended.record, ended.trace);
    ++report.ledgers_checked;
    if (!(difference <= kLedgerTolerance)) ++report.ledgers_failed;
    report.worst_difference = std::isnan(difference) ? HUGE_VAL : difference;
    report.worst_patient = ended.record.id;
  }

  // Sums, and a maximum with ties to the lower number: the order of arrival does not show.
  void merge(const RunReport& job) {
    report_.patients += job.patients;
    report_.failed += job.failed;
    report_.stepped += job.stepped;
    report_.ledgers_checked += job.ledgers_checked;
    report_.ledgers_failed += job.ledgers_failed;
    const bool worse = job.worst_difference > report_.worst_difference;
    const bool tie = job.worst_difference == report_.worst_difference &&
                     job.worst_patient < report_.worst_patient;
    if (worse || tie) {
      report_.worst_difference = job.worst_difference;
      report_.worst_patient = job.worst_patient;
    }
  }

  const programme::Programme& programme_;
  const DesignSet& designs_;
  const RunOptions& options_;
  Results& results_;
  std::mutex mutex_;
  RunReport report_;
};

}  // namespace

void resize(DesignSet& designs, std::int64_t patients) {
  if (patients <= 0) return;
  for (Design& design : designs.trials) {
    const double total = patients_of(design);
    for (Arm& arm : design.arms) {
      const double share = static_cast<double>(arm.n) / total;
      arm.n = std::max(1, static_cast<int>(std::lround(share * static_cast<double>(patients))));
    }
  }
}

RunReport run(const programme::Programme& programme, const DesignSet& designs,
              const RunOptions& options, Results& results) {
  namespace tbb = oneapi::tbb;
  const auto threads =
      options.threads > 0
          ? static_cast<std::size_t>(options.threads)
          : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  const std::vector<Job> jobs = plan(designs, options.replicates, threads);
  Runner runner(programme, designs, options, results);
  tbb::enumerable_thread_specific<Worker> workers;
  tbb::parallel_for(std::size_t{0}, jobs.size(),
                    [&](std::size_t i) { runner.run_job(jobs[i], workers.local()); });
  RunReport report = runner.report();
  report.interrupted = options.stop != nullptr && options.stop->load();
  return report;
}

std::uint64_t patient_id(const PatientNumber& number) {
  return static_cast<std::uint64_t>(number.trial_number) * kTrialFactor +
         static_cast<std::uint64_t>(number.replicate) * kReplicateFactor +
         static_cast<std::uint64_t>(number.index);
}

PatientNumber patient_number(std::uint64_t id) {
  return {static_cast<int>(id / kTrialFactor),
          static_cast<int>(id % kTrialFactor / kReplicateFactor),
          static_cast<int>(id % kReplicateFactor)};
}

int arm_of(const Design& design, int index) {
  for (std::size_t arm = 0; arm < design.arms.size(); ++arm) {
    if (index < design.arms[arm].n) return static_cast<int>(arm);
    index -= design.arms[arm].n;
  }
  return -1;
}

bool run_patient(const programme::Programme& programme, const Design& design, std::uint64_t seed,
                 std::uint64_t id, PatientRecord& record) {
  const PatientNumber number = patient_number(id);
  const int arm = arm_of(design, number.index);
  if (number.trial_number != design.trial_number || arm < 0) return false;
  const auto population = model::draw_population(
      programme.model, {seed, static_cast<std::uint32_t>(number.replicate),
                        static_cast<std::uint32_t>(number.trial_number), true});
  PatientBlock block(programme, design, {.seed = seed, .room = 1});
  const PatientBlock::Member member{id, arm};
  block.run(population, {&member, 1});
  record = block.record(0);
  return true;
}

}  // namespace dosewright::trial
