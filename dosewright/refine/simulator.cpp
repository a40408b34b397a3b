#include "dosewright/refine/simulator.hpp"

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>

#include "dosewright/trial/block.hpp"
#include "dosewright/trial/run.hpp"

namespace dosewright::refine {

namespace {

// The monitored schedules at another interval, which the first test keeps as its distance from the
// first dose where it had the old one. A reading may not count for two tests.
void set_interval(programme::Programme& programme, const std::vector<std::string>& schedules,
                  Minutes every) {
  for (auto& protocol : programme.protocols) {
    for (auto& schedule : protocol.schedules) {
      const bool monitored =
          std::find(schedules.begin(), schedules.end(), schedule.id) != schedules.end();
      if (!monitored || schedule.every <= 0) continue;
      if (schedule.from == schedule.every) schedule.from = every;
      schedule.every = every;
      schedule.window = std::min(schedule.window, (every - 1) / 2);
    }
  }
}

}  // namespace

Result<programme::Programme*> Simulator::variant(const Monitoring& monitoring) {
  auto& kept = variants_[monitoring.every];
  if (kept == nullptr) {
    auto loaded = programme::load_programme(programme_.directory);
    if (!loaded.ok()) return loaded.faults();
    kept = std::make_unique<programme::Programme>(std::move(*loaded));
    if (monitoring.every > 0) set_interval(*kept, search_.space.monitored, monitoring.every);
  }
  return kept.get();
}

Result<Done> Simulator::add(const Schedule& schedule) {
  DW_TRY(programme, variant(schedule.monitoring));
  Treatment treatment{programme, search_.base};
  const auto& profile = search_.space.profiles[static_cast<std::size_t>(schedule.profile)];
  treatment.design.protocol = programme->protocol(profile);
  treatment.design.regions_off = treatment.design.protocol->regions_not_simulated();
  trial::Arm arm;
  arm.name = schedule.name;
  arm.n = 1;
  for (const Phase& phase : schedule.phases) {
    protocol::Regimen regimen = phase.regimen;
    regimen.id = fmt::format("schedule {} from {}", treatments_.size(), phase.from);
    if (phase.from == 0) {
      arm.regimen = regimen.id;
    } else {
      arm.later.push_back({phase.from, regimen.id});
    }
    programme->regimens.push_back(std::move(regimen));
  }
  treatment.design.arms = {arm};
  treatments_.push_back(std::move(treatment));
  return Done{};
}

bool Simulator::run(std::vector<Candidate>& candidates, const std::vector<int>& which, int blocks) {
  namespace tbb = oneapi::tbb;
  struct Job {
    std::size_t candidate;
    int block;
  };
  std::vector<Job> jobs;
  for (const int index : which) {
    Sample& sample = candidates[static_cast<std::size_t>(index)].sample;
    for (int block = sample.blocks(); block < blocks; ++block) {
      jobs.push_back({static_cast<std::size_t>(index), block});
    }
    if (sample.blocks() < blocks) sample.resize(blocks);
  }
  const auto threads =
      options_.threads > 0
          ? static_cast<std::size_t>(options_.threads)
          : tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  tbb::parallel_for(std::size_t{0}, jobs.size(), [&](std::size_t i) {
    run_block(jobs[i].candidate, candidates[jobs[i].candidate].sample, jobs[i].block);
  });
  return options_.stop == nullptr || !options_.stop->load();
}

// A patient is a function of seed, block and place in the block, whatever the schedule: whose
// covariates, parameters and luck these are does not depend on who treats them how.
void Simulator::run_block(std::size_t candidate, Sample& sample, int block) {
  const Treatment& treatment = treatments_[candidate];
  const trial::Design& design = treatment.design;
  const auto population = model::draw_population(
      treatment.programme->model, {options_.seed, static_cast<std::uint32_t>(block),
                                   static_cast<std::uint32_t>(design.trial_number), true});
  trial::PatientBlock patients(*treatment.programme, design,
                               {.seed = options_.seed, .room = kPatientsPerBlock});
  std::vector<trial::PatientBlock::Member> members;
  for (int i = 0; i < kPatientsPerBlock; ++i) {
    members.push_back({trial::patient_id({design.trial_number, block, i}), 0});
  }
  if (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)) return;
  patients.run(population, members);
  std::vector<double> scratch;
  for (int i = 0; i < kPatientsPerBlock; ++i) {
    const trial::PatientRecord& record = patients.record(i);
    for (std::size_t q = 0; q < search_.quantities.size(); ++q) {
      sample.at(block * kPatientsPerBlock + i, q) =
          cell_of(search_.quantities[q], design, record, scratch);
    }
    if (record.status != num::Status::kOk) ++failed_;
    ++patients_;
    if (options_.done != nullptr) options_.done->fetch_add(1);
  }
}

}  // namespace dosewright::refine
