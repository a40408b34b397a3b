#include "dosewright/sim/subject_batch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "dosewright/base/check.hpp"
#include "dosewright/sim/collocation.hpp"

namespace dosewright::sim {
namespace {

constexpr double kUndosed = std::numeric_limits<double>::infinity();

const CollocateKernel* collocate_kernel(Width width) {
  switch (width) {
    case Width::kOne:
      return &kCollocateOne;
    case Width::kPortable:
      return &kCollocatePortable;
    case Width::kAvx2:
      return &kCollocateAvx2;
    case Width::kAvx512:
      return &kCollocateAvx512;
  }
  return &kCollocatePortable;
}

}  // namespace

SubjectBatch::SubjectBatch(const model::Model& model, const std::vector<Level>& levels, int n_lanes,
                           Width width)
    : model_(&model),
      kernel_(collocate_kernel(width)),
      n_lanes_(n_lanes),
      stride_(static_cast<std::size_t>(padded_lanes(n_lanes))),
      initial_(model.initial, n_lanes, width),
      outputs_(model.outputs, n_lanes, width),
      given_(static_cast<std::size_t>(model.time_input()) * stride_),
      states_(model.states.size() * stride_),
      peaks_(model.states.size() * stride_),
      nodes_(kStages * model.states.size() * stride_),
      first_dose_h_(stride_),
      dose_mg_(stride_),
      begin_h_(stride_),
      hours_(stride_),
      length_(stride_),
      time_h_(stride_),
      since_h_(stride_),
      worst_(stride_),
      clock_(2 * kStages * stride_),
      now_(stride_, 0),
      every_lane_(lanes()) {
  std::iota(every_lane_.begin(), every_lane_.end(), 0);
  DW_CHECK(model.dose_state >= 0, "an injection goes into a state of the model");
  stages_.reserve(levels.size());
  for (const Level& level : levels) add_stage(level, width);
}

void SubjectBatch::add_stage(const Level& level, Width width) {
  const std::size_t n_parts = level.parts.zero.size();
  stages_.push_back({&level,
                     lang::Batch(level.parts.program, n_lanes_, width),
                     AlignedDoubles(n_parts * stride_),
                     AlignedDoubles(kStages * n_parts * stride_),
                     {},
                     {},
                     {},
                     {},
                     {}});
  connect(stages_.back());
}

void SubjectBatch::connect(Stage& stage) {
  const Level& level = *stage.level;
  const auto n_parts = static_cast<int>(level.parts.zero.size());
  const auto place = [&](int node, int part) -> const double* {
    if (level.parts.zero[static_cast<std::size_t>(part)] != 0) return nullptr;
    if (level.parts.fixed[static_cast<std::size_t>(part)] != 0) return row(stage.fixed, part);
    return row(stage.moving, node * n_parts + part);
  };
  for (const std::vector<int>& block : level.blocks) {
    auto& a = stage.a.emplace_back();
    auto& b = stage.b.emplace_back();
    auto& at_node = stage.at_node.emplace_back();
    for (int node = 0; node < kStages; ++node) {
      for (const int r : block) {
        const int state = level.states[static_cast<std::size_t>(r)];
        for (const int c : block) a.push_back(place(node, level.part(r, c)));
        b.push_back(place(node, level.part(r, -1)));
        at_node.push_back(row(nodes_, node_row(node, state)));
      }
    }
    auto& x = stage.x.emplace_back();
    auto& peak = stage.peak.emplace_back();
    for (const int r : block) {
      x.push_back(row(states_, level.states[static_cast<std::size_t>(r)]));
      peak.push_back(row(peaks_, level.states[static_cast<std::size_t>(r)]));
    }
  }
}

std::size_t SubjectBatch::bytes() const {
  std::size_t sum = initial_.bytes() + outputs_.bytes();
  for (const AlignedDoubles* array :
       {&given_, &states_, &peaks_, &nodes_, &first_dose_h_, &dose_mg_, &begin_h_, &hours_,
        &length_, &time_h_, &since_h_, &worst_, &clock_}) {
    sum += array->bytes();
  }
  for (const Stage& stage : stages_) {
    sum += stage.batch.bytes() + stage.fixed.bytes() + stage.moving.bytes();
  }
  return sum;
}

void SubjectBatch::begin(lang::Batch& batch, Minutes start) {
  for (int i = 0; i < model_->time_input(); ++i) {
    std::copy_n(row(given_, i), n_lanes_, batch.input(i).data());
  }
  batch.fill(model_->time_input(), hours_from_minutes(start));
  batch.fill(model_->time_input() + 1, 0);
  batch.fill(model_->time_input() + 2, 0);
  batch.run_prologue();
}

void SubjectBatch::restart(std::span<const int> restarted, Minutes start) {
  const auto copy = [&](std::span<const double> from, double* to) {
    for (const int lane : restarted) to[lane] = from[static_cast<std::size_t>(lane)];
  };
  begin(initial_, start);
  begin(outputs_, start);
  initial_.run();
  for (int i = 0; i < static_cast<int>(model_->states.size()); ++i) {
    copy(initial_.output(i), row(states_, i));
    for (const int lane : restarted) row(peaks_, i)[lane] = std::abs(row(states_, i)[lane]);
  }
  for (Stage& stage : stages_) {
    begin(stage.batch, start);
    stage.batch.run();
    const auto& parts = stage.level->parts;
    for (std::size_t part = 0; part < parts.fixed.size(); ++part) {
      if (parts.fixed[part] == 0 || parts.zero[part] != 0) continue;
      const int i = static_cast<int>(part);
      copy(stage.batch.output(i), row(stage.fixed, i));
    }
  }
  for (const int lane : restarted) {
    first_dose_h_.data()[lane] = kUndosed;
    dose_mg_.data()[lane] = 0;
    worst_.data()[lane] = 0;
    now_[static_cast<std::size_t>(lane)] = start;
  }
  give_doses();
  outputs_current_ = false;
}

void SubjectBatch::give_doses() {
  const int input = model_->time_input() + 2;
  std::copy_n(dose_mg_.data(), n_lanes_, outputs_.input(input).data());
  for (Stage& stage : stages_) {
    std::copy_n(dose_mg_.data(), n_lanes_, stage.batch.input(input).data());
  }
}

void SubjectBatch::dose(std::span<const double> amounts_mg) {
  DW_CHECK(amounts_mg.size() == lanes(), "one amount for each lane");
  double* const dosed = row(states_, model_->dose_state);
  double* const peak = row(peaks_, model_->dose_state);
  for (std::size_t lane = 0; lane < lanes(); ++lane) {
    const double amount = amounts_mg[lane];
    if (std::isnan(amount)) continue;
    DW_CHECK(std::isfinite(amount) && amount >= 0, "a dose is a number of mg, 0 for placebo");
    dosed[lane] += amount;
    peak[lane] = std::max(peak[lane], std::abs(dosed[lane]));
    dose_mg_.data()[lane] = amount;
    double& first = first_dose_h_.data()[lane];
    if (first == kUndosed) first = hours_from_minutes(now_[lane]);
  }
  give_doses();
  outputs_current_ = false;
}

bool SubjectBatch::step(std::span<const Minutes> to) {
  DW_CHECK(to.size() == lanes(), "one instant for each lane");
  bool moves = false;
  for (std::size_t lane = 0; lane < lanes(); ++lane) {
    DW_CHECK(to[lane] >= now_[lane], "a subject does not go back in time");
    const Minutes step = std::min(to[lane] - now_[lane], kLongest);
    begin_h_.data()[lane] = hours_from_minutes(now_[lane]);
    hours_.data()[lane] = hours_from_minutes(step);
    now_[lane] += step;
    moves = moves || step > 0;
  }
  if (!moves) return false;
  const double first = std::ldexp(1.0, 1 - kParts);
  move(0, first);
  for (int part = 1; part < kParts; ++part) {
    const double begin = std::ldexp(first, part - 1);
    move(begin, begin);
  }
  outputs_current_ = false;
  return true;
}

// Over [begin, begin + share] of the interval, both as shares of it.
void SubjectBatch::move(double share_begin, double share) {
  for (std::size_t lane = 0; lane < stride_; ++lane) {
    length_.data()[lane] = hours_.data()[lane] * share;
  }
  for (int node = 0; node < kStages; ++node) {
    const double at = share_begin + collocation().nodes[node] * share;
    double* const time = row(clock_, 2 * node);
    kernel_->clock(begin_h_.data(), hours_.data(), at, time, stride_);
    kernel_->elapsed(first_dose_h_.data(), time, row(clock_, 2 * node + 1), stride_);
  }
  for (Stage& stage : stages_) {
    evaluate_nodes(stage);
    solve_blocks(stage);
  }
}

void SubjectBatch::evaluate_nodes(Stage& stage) {
  const Level& level = *stage.level;
  const auto n_parts = static_cast<int>(level.parts.zero.size());
  const bool moves = std::ranges::find(level.parts.fixed, 0) != level.parts.fixed.end();
  for (int node = 0; moves && node < kStages; ++node) {
    if (level.reads_clock) {
      const int time = model_->time_input();
      std::copy_n(row(clock_, 2 * node), n_lanes_, stage.batch.input(time).data());
      std::copy_n(row(clock_, 2 * node + 1), n_lanes_, stage.batch.input(time + 1).data());
    }
    for (const int state : level.lower) {
      std::copy_n(row(nodes_, node_row(node, state)), n_lanes_,
                  stage.batch.input(model_->first_state_input() + state).data());
    }
    stage.batch.run();
    for (int part = 0; part < n_parts; ++part) {
      const auto i = static_cast<std::size_t>(part);
      if (level.parts.zero[i] != 0 || level.parts.fixed[i] != 0) continue;
      std::copy_n(stage.batch.output(part).data(), n_lanes_,
                  row(stage.moving, node * n_parts + part));
    }
  }
}

void SubjectBatch::solve_blocks(Stage& stage) {
  for (std::size_t i = 0; i < stage.level->blocks.size(); ++i) {
    const CollocationTask task{&collocation(),       length_.data(),    stage.a[i].data(),
                               stage.b[i].data(),    stage.x[i].data(), stage.at_node[i].data(),
                               stage.peak[i].data(), worst_.data()};
    kernel_->solve[stage.level->blocks[i].size() - 1](task, stride_);
  }
}

std::span<const double> SubjectBatch::output(int index) {
  if (!outputs_current_) {
    for (std::size_t lane = 0; lane < lanes(); ++lane) {
      time_h_.data()[lane] = hours_from_minutes(now_[lane]);
    }
    kernel_->elapsed(first_dose_h_.data(), time_h_.data(), since_h_.data(), stride_);
    const int time = model_->time_input();
    std::copy_n(time_h_.data(), n_lanes_, outputs_.input(time).data());
    std::copy_n(since_h_.data(), n_lanes_, outputs_.input(time + 1).data());
    for (int i = 0; i < static_cast<int>(model_->states.size()); ++i) {
      std::copy_n(row(states_, i), n_lanes_,
                  outputs_.input(model_->first_state_input() + i).data());
    }
    outputs_.run();
    outputs_current_ = true;
  }
  return outputs_.output(index);
}

bool SubjectBatch::left_out(int lane) const {
  const auto at = static_cast<std::size_t>(lane);
  bool finite = true;
  for (std::size_t i = 0; i < model_->states.size(); ++i) {
    finite = finite && std::isfinite(states_.data()[i * stride_ + at]);
  }
  return !finite || !(worst_.data()[at] <= kCoarse);
}

}  // namespace dosewright::sim
