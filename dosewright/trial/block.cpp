#include "dosewright/trial/block.hpp"

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/lang/affine_parts.hpp"

namespace dosewright::trial {
namespace {

constexpr std::size_t kGathered = 16;  // lanes are filled when one in so many is free

}  // namespace

PatientBlock::PatientBlock(const programme::Programme& programme, const Design& design,
                           const BlockOptions& options)
    : programme_(&programme),
      design_(&design),
      luck_(options.seed, options.width),
      outputs_(programme.model.output_names.size()),
      subject_outputs_(outputs_.size()) {
  DW_CHECK(options.room >= 1 && options.room <= kMost, "a block has room for 1 to 64 patients");
  const auto room = static_cast<std::size_t>(options.room);
  loops_.assign(room, PatientLoop(programme, design, options.seed));
  records_.resize(room);
  to_.resize(room);
  amounts_.resize(room);
  last_mg_.resize(room);
  member_.resize(room);
  starting_.reserve(room);
  arrived_.resize(room);
  const model::Model& model = programme.model;
  outputs_read_depot_ =
      lang::reads_input(model.outputs, model.first_state_input() + model.dose_state);
  if (options.mover == Mover::kLanes) levels_ = sim::levels(programme.model);
  if (levels_) batch_.emplace(programme.model, *levels_, options.room, options.width);
}

std::size_t PatientBlock::bytes() const {
  return batch_ ? batch_->bytes() : 0;
}

void PatientBlock::run(const model::Population& population, std::span<const Member> members) {
  DW_CHECK(members.size() <= loops_.size(), "no more patients than there is room for");
  run(population, members, [](const Ended&) { return true; });
}

void PatientBlock::run(const model::Population& population, std::span<const Member> members,
                       const Sink& sink) {
  const Task task{population, members, sink};
  std::ranges::fill(member_, kNobody);
  next_member_ = n_taken_ = 0;
  stopped_ = false;
  if (batch_) {
    while (!stopped_) {
      if (want_patients(task)) seat(task);
      if (!move()) return;
      look(task);
    }
  }
  for (std::size_t i = 0; !batch_ && i < members.size() && !stopped_; ++i) {
    const std::size_t place = i % loops_.size();
    run_by_steps(task, static_cast<int>(i), place);
    finish(task, place);
  }
}

// A start costs all lanes the same however many begin, so a few of them are gathered.
bool PatientBlock::want_patients(const Task& task) const {
  if (next_member_ == task.members.size()) return false;
  return n_taken_ == 0 || (loops_.size() - n_taken_) * kGathered >= loops_.size();
}

void PatientBlock::seat(const Task& task) {
  find_starting(task);
  luck_.draw();
  for (const int starting : starting_) {
    const auto lane = static_cast<std::size_t>(starting);
    if (is_taken(lane)) loops_[lane].begin(task.population, records_[lane], luck_);
    give(lane, records_[is_taken(lane) ? lane : 0]);
  }
  batch_->restart(starting_, loops_[at(starting_.front())].now());
  see_lanes();
  for (const int starting : starting_) {
    const auto lane = static_cast<std::size_t>(starting);
    to_[lane] = batch_->now(starting);
    last_mg_[lane] = 0;
    if (is_taken(lane)) loops_[lane].depart({outputs_.data(), lane}, luck_);
  }
}

// The free lanes, each with a patient who is invited. At the beginning those that are too many,
// too: they are company for the first patient, the same numbers, never looked at.
void PatientBlock::find_starting(const Task& task) {
  const bool first = next_member_ == 0;
  starting_.clear();
  luck_.clear();
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (is_taken(lane)) continue;
    const bool left = next_member_ < task.members.size();
    if (!left && !first) return;
    starting_.push_back(static_cast<int>(lane));
    if (!left) continue;
    const Member& member = task.members[next_member_];
    loops_[lane].invite(member.id, member.arm, luck_);
    loops_[lane].set_traced(member.traced);
    member_[lane] = static_cast<int>(next_member_++);
    ++n_taken_;
  }
}

void PatientBlock::give(std::size_t lane, const PatientRecord& record) {
  int input = 0;
  for (const auto* given : {&record.parameters, &record.covariates}) {
    for (const double value : *given) batch_->given(input++)[lane] = value;
  }
}

// Each body towards the next instant of its own patient. False: everybody is at the end.
bool PatientBlock::move() {
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (is_taken(lane)) to_[lane] = loops_[lane].next();
  }
  if (n_taken_ > 0) batch_->step(to_);
  return n_taken_ > 0;
}

// Those that have arrived look, are dosed and go on; the others are still on their way.
void PatientBlock::look(const Task& task) {
  if (!find_arrived(task)) return;
  std::ranges::fill(amounts_, lang::kUnknown);
  see_lanes();
  bool injected = false;
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (arrived_[lane] == 0) continue;
    amounts_[lane] = loops_[lane].arrive({outputs_.data(), lane}, luck_);
    injected = injected || !std::isnan(amounts_[lane]);
  }
  if (injected && dose()) see_lanes();
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (arrived_[lane] == 0) continue;
    loops_[lane].depart({outputs_.data(), lane}, luck_);
    if (loops_[lane].ended() && !finish(task, lane)) return;
  }
}

// True: outputs see it. Most injections are of the amount of the one before, and what the outputs
// know of an injection is that amount alone.
bool PatientBlock::dose() {
  batch_->dose(amounts_);
  bool seen = outputs_read_depot_;
  for (std::size_t lane = 0; lane < amounts_.size(); ++lane) {
    if (std::isnan(amounts_[lane])) continue;
    seen = seen || amounts_[lane] != last_mg_[lane];
    last_mg_[lane] = amounts_[lane];
  }
  return seen;
}

// Who is at the instant that he wanted to look at, and what is drawn there. False: no further
// patients are wanted.
bool PatientBlock::find_arrived(const Task& task) {
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    const int place = static_cast<int>(lane);
    arrived_[lane] = 0;
    if (!is_taken(lane)) continue;
    if (batch_->left_out(place)) {
      run_by_steps(task, member_[lane], lane);
      if (!finish(task, lane)) return false;
    } else if (batch_->now(place) == to_[lane]) {
      arrived_[lane] = 1;
    }
  }
  luck_.clear();  // of those by steps
  for (std::size_t lane = 0; lane < loops_.size(); ++lane) {
    if (arrived_[lane] != 0) loops_[lane].foresee(luck_);
  }
  luck_.draw();
  return true;
}

void PatientBlock::see_lanes() {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    outputs_[i] = batch_->output(static_cast<int>(i)).data();
  }
}

void PatientBlock::see_subject() {
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    subject_outputs_[i] = subject_->output(static_cast<int>(i));
    outputs_[i] = &subject_outputs_[i];
  }
}

bool PatientBlock::finish(const Task& task, std::size_t lane) {
  if (!task.sink({member_[lane], records_[lane], loops_[lane].trace()})) stopped_ = true;
  member_[lane] = kNobody;
  --n_taken_;
  return !stopped_;
}

void PatientBlock::run_by_steps(const Task& task, int member, std::size_t place) {
  const Member& patient = task.members[static_cast<std::size_t>(member)];
  ++stepped_;
  member_[place] = member;
  if (!subject_) subject_.emplace(programme_->model, design_->tolerance);
  PatientLoop& loop = loops_[place];
  PatientRecord& record = records_[place];
  luck_.clear();
  loop.invite(patient.id, patient.arm, luck_);
  loop.set_traced(patient.traced);
  luck_.draw();
  loop.begin(task.population, record, luck_);
  subject_->reset(record.parameters, record.covariates, loop.now());
  const Body body{outputs_.data(), 0};
  see_subject();
  for (loop.depart(body, luck_); !loop.ended(); loop.depart(body, luck_)) {
    record.status = subject_->advance(loop.next());
    if (record.status != num::Status::kOk) return;
    see_subject();
    luck_.clear();
    loop.foresee(luck_);
    luck_.draw();
    const double mg = loop.arrive(body, luck_);
    if (!std::isnan(mg)) subject_->dose(mg);
    if (!std::isnan(mg)) see_subject();
  }
}

}  // namespace dosewright::trial
