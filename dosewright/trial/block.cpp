#include "dosewright/trial/block.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"

namespace dosewright::trial {
namespace {

class LaneBody final : public Body {
 public:
  LaneBody(sim::SubjectBatch& batch, std::size_t lane) : batch_(batch), lane_(lane) {}
  double output(int index) override { return batch_.output(index)[lane_]; }

 private:
  sim::SubjectBatch& batch_;
  std::size_t lane_;
};

class SteppedBody final : public Body {
 public:
  explicit SteppedBody(sim::Subject& subject) : subject_(subject) {}
  double output(int index) override { return subject_.output(index); }

 private:
  sim::Subject& subject_;
};

}  // namespace

PatientBlock::PatientBlock(const programme::Programme& programme, const Design& design,
                           const BlockOptions& options)
    : programme_(&programme), design_(&design) {
  DW_CHECK(options.room >= 1 && options.room <= kMost, "a block has room for 1 to 64 patients");
  const auto room = static_cast<std::size_t>(options.room);
  loops_.assign(room, PatientLoop(programme, design, options.seed));
  records_.resize(room);
  to_.resize(room);
  amounts_.resize(room);
  running_.resize(room);
  arrived_.resize(room);
  if (options.mover == Mover::kLanes) levels_ = sim::levels(programme.model);
  if (levels_) batch_.emplace(programme.model, *levels_, options.room, options.width);
}

std::size_t PatientBlock::bytes() const {
  return batch_ ? batch_->bytes() : 0;
}

void PatientBlock::run(const model::Population& population, std::span<const Member> members) {
  DW_CHECK(members.size() <= loops_.size(), "no more patients than there is room for");
  if (members.empty()) return;
  running_.assign(running_.size(), false);
  if (batch_) {
    begin(population, members);
    while (move()) look();
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const int place = static_cast<int>(i);
    if (batch_ && !batch_->left_out(place)) continue;
    run_by_steps(population, members[i], place);
  }
}

// Lanes without a patient are company for the first one: the same numbers, never looked at.
void PatientBlock::begin(const model::Population& population, std::span<const Member> members) {
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (lane < members.size()) {
      loops_[lane].begin(population, members[lane].id, members[lane].arm, records_[lane]);
    }
    const PatientRecord& record = records_[lane < members.size() ? lane : 0];
    int input = 0;
    for (const auto* given : {&record.parameters, &record.covariates}) {
      for (const double value : *given) batch_->given(input++)[lane] = value;
    }
  }
  const Minutes start = loops_.front().now();
  batch_->start(start);
  std::ranges::fill(to_, start);
  for (std::size_t lane = 0; lane < members.size(); ++lane) {
    LaneBody body(*batch_, lane);
    loops_[lane].depart(body);
    running_[lane] = !loops_[lane].ended();
  }
}

// Each body towards the next instant of its own patient. False: everybody is at the end.
bool PatientBlock::move() {
  bool any = false;
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    const auto now = batch_->now(static_cast<int>(lane));
    to_[lane] = running_[lane] ? loops_[lane].next() : now;
    any = any || running_[lane];
  }
  if (any) batch_->step(to_);
  return any;
}

// Those that have arrived look, are dosed and go on; the others are still on their way.
void PatientBlock::look() {
  std::ranges::fill(amounts_, lang::kUnknown);
  bool injected = false;
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    const int place = static_cast<int>(lane);
    if (running_[lane] && batch_->left_out(place)) running_[lane] = false;
    arrived_[lane] = running_[lane] && batch_->now(place) == to_[lane];
    if (!arrived_[lane]) continue;
    LaneBody body(*batch_, lane);
    amounts_[lane] = loops_[lane].arrive(body);
    injected = injected || !std::isnan(amounts_[lane]);
  }
  if (injected) batch_->dose(amounts_);
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (!arrived_[lane]) continue;
    LaneBody body(*batch_, lane);
    loops_[lane].depart(body);
    running_[lane] = !loops_[lane].ended();
  }
}

void PatientBlock::run_by_steps(const model::Population& population, const Member& member,
                                int place) {
  ++stepped_;
  if (!subject_) subject_.emplace(programme_->model, design_->tolerance);
  PatientLoop& loop = loops_[static_cast<std::size_t>(place)];
  PatientRecord& record = records_[static_cast<std::size_t>(place)];
  loop.begin(population, member.id, member.arm, record);
  subject_->reset(record.parameters, record.covariates, loop.now());
  SteppedBody body(*subject_);
  for (loop.depart(body); !loop.ended(); loop.depart(body)) {
    record.status = subject_->advance(loop.next());
    if (record.status != num::Status::kOk) return;
    const double mg = loop.arrive(body);
    if (!std::isnan(mg)) subject_->dose(mg);
  }
}

}  // namespace dosewright::trial
