// Virtual patients under candidate schedules: the cells of Sample, block by block, on all cores.
#pragma once

#include <map>
#include <memory>

#include "dosewright/refine/race.hpp"

namespace dosewright::refine {

class Simulator {
 public:
  Simulator(const programme::Programme& programme, const Search& search,
            const SearchOptions& options)
      : programme_(programme), search_(search), options_(options) {}

  // Makes the design that treats one arm with the schedule.
  Result<Done> add(const Schedule& schedule);

  // Fills the samples of these candidates up to so many blocks; false when stopped.
  bool run(std::vector<Candidate>& candidates, const std::vector<int>& which, int blocks);

  std::int64_t patients() const { return patients_; }
  std::int64_t failed() const { return failed_; }

 private:
  // A programme whose monitored schedules fall due so often; protocols cannot be copied, so the
  // folder is read again for each interval of tests.
  Result<programme::Programme*> variant(const Monitoring& monitoring);
  void run_block(std::size_t candidate, Sample& sample, int block);

  struct Treatment {
    const programme::Programme* programme = nullptr;
    trial::Design design;
  };

  const programme::Programme& programme_;
  const Search& search_;
  const SearchOptions& options_;
  std::map<Minutes, std::unique_ptr<programme::Programme>> variants_;  // by Monitoring::every
  std::vector<Treatment> treatments_;                                  // parallel to the candidates
  std::atomic<std::int64_t> patients_{0}, failed_{0};
};

}  // namespace dosewright::refine
