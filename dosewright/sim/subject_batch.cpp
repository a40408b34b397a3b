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

struct Kernels {
  const CollocateKernel* collocate;
  const CurveKernel* curve;
};

Kernels kernels(Width width) {
  switch (width) {
    case Width::kOne:
      return {&kCollocateOne, &kCurveOne};
    case Width::kPortable:
      return {&kCollocatePortable, &kCurvePortable};
    case Width::kAvx2:
      return {&kCollocateAvx2, &kCurveAvx2};
    case Width::kAvx512:
      return {&kCollocateAvx512, &kCurveAvx512};
  }
  return {&kCollocatePortable, &kCurvePortable};
}

}  // namespace

SubjectBatch::SubjectBatch(const model::Model& model, const std::vector<Level>& levels, int n_lanes,
                           Width width)
    : model_(&model),
      levels_(&levels),
      kernel_(kernels(width).collocate),
      curve_kernel_(kernels(width).curve),
      run_nodes_(lang::node_kernel(width)),
      n_lanes_(n_lanes),
      stride_(static_cast<std::size_t>(padded_lanes(n_lanes))),
      tile_(stride_ % kTile == 0 ? kTile : kLanePadding),
      initial_(model.initial, n_lanes, width),
      outputs_(model.outputs, n_lanes, width),
      given_(static_cast<std::size_t>(model.time_input()) * stride_),
      states_(model.states.size() * stride_),
      peaks_(model.states.size() * stride_),
      first_dose_h_(stride_),
      dose_mg_(stride_),
      begin_h_(stride_),
      hours_(stride_),
      time_h_(stride_),
      since_h_(stride_),
      worst_(stride_),
      nodes_(model.states.size() * (kNodes + 1) * tile_),
      clock_(2 * kNodes * tile_),
      points_(2 * kClockPoints * tile_),
      clock_argument_(kNodes * tile_),
      argument_(kNodes * tile_),
      rough_(tile_),
      now_(stride_, 0),
      every_lane_(lanes()) {
  std::iota(every_lane_.begin(), every_lane_.end(), 0);
  DW_CHECK(model.dose_state >= 0, "an injection goes into a state of the model");
  stages_.reserve(levels.size());
  for (const Level& level : levels) add_stage(level, width);
  const CollocationTable& table = collocation();
  for (std::size_t node = 0; node < kNodes; ++node) {
    const double at =
        table.begin[node / kStages] + table.share[node / kStages] * table.nodes[node % kStages];
    std::fill_n(clock_argument_.data() + node * tile_, tile_, 2 * at - 1);
  }
}

void SubjectBatch::add_stage(const Level& level, Width width) {
  const lang::Program& program = level.parts.program;
  stages_.push_back({&level,
                     lang::Batch(program, n_lanes_, width),
                     lang::Batch(program, kNodes, width),
                     lang::split_curves(program, variables_of(*model_)),
                     {},
                     {},
                     AlignedDoubles(0),
                     {},
                     AlignedDoubles(0),
                     {},
                     {},
                     {}});
  Stage& stage = stages_.back();
  for (int input = 0; input < program.n_inputs; ++input) {
    if (lang::reads_input(program, input)) stage.inputs.push_back(input);
  }
  const int n_rows = find_places(stage);
  stage.scratch = AlignedDoubles(static_cast<std::size_t>(n_rows) * kNodes * tile_);
  place_registers(stage);
  multiply_instead(stage);
  for (const lang::Curve& curve : stage.split.curves) add_curve(stage, curve);
  for (const std::vector<int>& block : level.blocks) add_block(stage, block);
}

// Rows for what differs from node to node; a row is taken again once its value has been read for
// the last time, so that fewer of them share the first-level cache. Returns how many there are.
int SubjectBatch::find_places(Stage& stage) {
  const lang::Program& program = stage.level->parts.program;
  const std::vector<lang::Instruction>& rest = stage.split.rest;
  std::vector<int> row_of(static_cast<std::size_t>(program.n_registers), -1);
  std::vector<std::size_t> last(row_of.size(), 0);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (const auto reg : {rest[i].a, rest[i].b, rest[i].c}) last[reg] = i;
  }
  for (const auto reg : program.outputs) last[reg] = rest.size();
  std::vector<int> free_rows;
  int n_rows = 0;
  const auto take = [&](std::uint16_t reg) {
    if (free_rows.empty()) free_rows.push_back(n_rows++);
    row_of[reg] = free_rows.back();
    free_rows.pop_back();
    stage.places.push_back({reg, row_of[reg]});
  };
  for (const lang::Curve& curve : stage.split.curves) {
    for (const auto value : curve.values) take(value);
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (const auto reg : {rest[i].a, rest[i].b, rest[i].c}) {
      if (row_of[reg] < 0 || last[reg] != i) continue;
      free_rows.push_back(row_of[reg]);
      row_of[reg] = -1;
    }
    take(rest[i].out);
  }
  return n_rows;
}

// A quotient by what stands still is a product with its reciprocal, made once for each subject: a
// division takes as long as thirty operations.
void SubjectBatch::multiply_instead(Stage& stage) {
  const int dose = model_->time_input() + 2;
  std::vector<lang::Instruction*> quotients;
  const auto look = [&](std::vector<lang::Instruction>& steps) {
    for (lang::Instruction& step : steps) {
      const bool stands = stage.registers[step.b].step == 0 && step.b != dose;
      const bool computed = std::ranges::any_of(stage.split.curves, [&](const lang::Curve& curve) {
        return std::ranges::find(curve.steps, step.b, &lang::Instruction::out) != curve.steps.end();
      });
      if (step.op == lang::Op::kDivide && stands && !computed) quotients.push_back(&step);
    }
  };
  look(stage.split.rest);
  for (lang::Curve& curve : stage.split.curves) look(curve.steps);
  stage.reciprocals = AlignedDoubles(quotients.size() * stride_);
  for (lang::Instruction* step : quotients) {
    if (stage.registers.size() > std::numeric_limits<std::uint16_t>::max()) return;
    const auto i = stage.divisors.size();
    stage.divisors.push_back(step->b);
    step->op = lang::Op::kMultiply;
    step->b = static_cast<std::uint16_t>(stage.registers.size());
    stage.registers.push_back({stage.reciprocals.data() + i * stride_, 0});
  }
}

void SubjectBatch::place_registers(Stage& stage) {
  const lang::Program& program = stage.level->parts.program;
  const int time = model_->time_input();
  for (int reg = 0; reg < std::max(program.n_registers, program.n_inputs); ++reg) {
    stage.registers.push_back({stage.batch.fixed(reg), 0});
  }
  const auto at = [&](int reg) -> lang::NodeRegister& {
    return stage.registers[static_cast<std::size_t>(reg)];
  };
  at(time) = {clock_.data(), tile_};
  at(time + 1) = {clock_.data() + kNodes * tile_, tile_};
  for (int state = 0; state < static_cast<int>(model_->states.size()); ++state) {
    at(first_state() + state) = {node_rows(state), tile_};
  }
  for (const Place& place : stage.places) {
    at(place.reg) = {stage.scratch.data() + static_cast<std::size_t>(place.row) * kNodes * tile_,
                     tile_};
  }
}

void SubjectBatch::add_curve(Stage& stage, const lang::Curve& curve) {
  const int state = curve.variable - 1;
  const std::size_t n_points = curve.variable == kClockVariable ? kClockPoints : kStatePoints;
  CurveWork& work =
      stage.curves.emplace_back(CurveWork{&curve,
                                          state,
                                          AlignedDoubles(n_points * tile_),
                                          AlignedDoubles(curve.steps.size() * n_points * tile_),
                                          stage.registers,
                                          {},
                                          {}});
  const auto at = [&](int reg) -> lang::NodeRegister& {
    return work.registers[static_cast<std::size_t>(reg)];
  };
  for (std::size_t i = 0; i < curve.steps.size(); ++i) {
    at(curve.steps[i].out) = {work.at_point.data() + i * n_points * tile_, tile_};
  }
  if (curve.variable == kClockVariable) {
    at(model_->time_input()) = {points_.data(), tile_};
    at(model_->time_input() + 1) = {points_.data() + n_points * tile_, tile_};
  } else {
    at(first_state() + state) = {work.points.data(), tile_};
  }
  for (const int value : curve.values) {
    work.at_points.push_back(at(value).at);
    work.at_nodes.push_back(stage.registers[static_cast<std::size_t>(value)].at);
  }
}

void SubjectBatch::add_block(Stage& stage, const std::vector<int>& block) {
  const Level& level = *stage.level;
  const auto place = [&](int part) -> lang::NodeRegister {
    const auto i = static_cast<std::size_t>(part);
    if (level.parts.zero[i] != 0) return {};
    return stage.registers[level.parts.program.outputs[i]];
  };
  BlockWork& work = stage.blocks.emplace_back();
  for (const int r : block) {
    const int state = level.states[static_cast<std::size_t>(r)];
    for (const int c : block) work.a.push_back(place(level.part(r, c)));
    work.b.push_back(place(level.part(r, -1)));
    work.x.push_back(row(states_, state));
    work.at_node.push_back(node_rows(state));
    work.peak.push_back(row(peaks_, state));
  }
  choose_solver(stage, block, work);
}

void SubjectBatch::choose_solver(const Stage& stage, const std::vector<int>& block,
                                 BlockWork& work) const {
  work.solve = kernel_->solve[block.size() - 1];
  if (block.size() > 1 || work.a.front().at == nullptr) return;
  const bool fixed = work.a.front().step == 0;
  const int state = stage.level->states[static_cast<std::size_t>(block.front())];
  if (!is_read(state)) {
    work.solve = fixed ? kernel_->end : kernel_->end_of_moving;
  } else if (fixed && work.b.front().at == nullptr) {
    work.solve = kernel_->decay;
  }
}

bool SubjectBatch::is_read(int state) const {
  return std::ranges::any_of(*levels_, [state](const Level& level) {
    return std::ranges::find(level.lower, state) != level.lower.end();
  });
}

std::size_t SubjectBatch::bytes() const {
  std::size_t sum = initial_.bytes() + outputs_.bytes();
  for (const AlignedDoubles* array :
       {&given_, &states_, &peaks_, &nodes_, &first_dose_h_, &dose_mg_, &begin_h_, &hours_,
        &time_h_, &since_h_, &worst_, &clock_, &points_, &clock_argument_, &argument_, &rough_}) {
    sum += array->bytes();
  }
  for (const Stage& stage : stages_) {
    sum += stage.batch.bytes() + stage.direct.bytes() + stage.scratch.bytes() +
           stage.reciprocals.bytes();
    for (const CurveWork& work : stage.curves) sum += work.points.bytes() + work.at_point.bytes();
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
  begin(initial_, start);
  begin(outputs_, start);
  initial_.run();
  for (int i = 0; i < static_cast<int>(model_->states.size()); ++i) {
    const auto initial = initial_.output(i);
    for (const int lane : restarted) {
      row(states_, i)[lane] = initial[static_cast<std::size_t>(lane)];
      row(peaks_, i)[lane] = std::abs(row(states_, i)[lane]);
    }
  }
  for (Stage& stage : stages_) {
    begin(stage.batch, start);
    for (std::size_t i = 0; i < stage.divisors.size(); ++i) {
      const double* const divisor = stage.batch.fixed(stage.divisors[i]);
      double* const reciprocal = row(stage.reciprocals, static_cast<int>(i));
      for (std::size_t lane = 0; lane < stride_; ++lane) reciprocal[lane] = 1 / divisor[lane];
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
  for (std::size_t first = 0; first < stride_; first += tile_) {
    const Tile tile{first, tile_};
    const double* const hours = hours_.data() + first;
    if (std::any_of(hours, hours + tile.n, [](double h) { return h > 0; })) move(tile);
  }
  outputs_current_ = false;
  return true;
}

void SubjectBatch::move(const Tile& tile) {
  run_clock(tile);
  for (Stage& stage : stages_) {
    std::fill_n(rough_.data(), tile_, 0.0);
    for (CurveWork& work : stage.curves) run_curve(work, tile);
    run_nodes_(stage.split.rest.data(), stage.split.rest.size(), stage.registers.data(),
               {kNodes, tile.first, tile.n});
    run_directly(stage, tile);
    for (const BlockWork& block : stage.blocks) {
      const CollocationTask task{&collocation(),    hours_.data(),  block.a.data(),
                                 block.b.data(),    block.x.data(), block.at_node.data(),
                                 block.peak.data(), worst_.data()};
      block.solve(task, tile);
    }
  }
}

// TIME and TAFD at the nodes and at the points of the curves along the clock.
void SubjectBatch::run_clock(const Tile& tile) {
  const double* const begin = begin_h_.data() + tile.first;
  const double* const hours = hours_.data() + tile.first;
  const double* const first_dose = first_dose_h_.data() + tile.first;
  const auto run = [&](double argument, double* time, double* since) {
    kernel_->clock(begin, hours, 0.5 * (argument + 1), time, tile.n);
    kernel_->elapsed(first_dose, time, since, tile.n);
  };
  for (std::size_t node = 0; node < kNodes; ++node) {
    double* const time = clock_.data() + node * tile_;
    run(clock_argument_.data()[node * tile_], time, time + kNodes * tile_);
  }
  for (std::size_t point = 0; point < kClockPoints; ++point) {
    double* const time = points_.data() + point * tile_;
    run(clock_curve().points[point], time, time + kClockPoints * tile_);
  }
}

void SubjectBatch::run_curve(CurveWork& work, const Tile& tile) {
  const bool clock = work.state < 0;
  if (!clock) {
    curve_kernel_->range(
        {node_rows(work.state), &state_curve(), argument_.data(), work.points.data()}, tile.n);
  }
  const std::size_t n_points = clock ? kClockPoints : kStatePoints;
  run_nodes_(work.curve->steps.data(), work.curve->steps.size(), work.registers.data(),
             {n_points, tile.first, tile.n});
  const void* const table = clock ? static_cast<const void*>(&clock_curve()) : &state_curve();
  const CurveTask task{table,
                       clock ? clock_argument_.data() : argument_.data(),
                       work.at_points.data(),
                       work.at_nodes.data(),
                       static_cast<int>(work.at_points.size()),
                       rough_.data()};
  (clock ? curve_kernel_->clock_values : curve_kernel_->state_values)(task, tile.n);
}

void SubjectBatch::run_directly(Stage& stage, const Tile& tile) {
  for (std::size_t i = 0; i < tile.n && tile.first + i < lanes(); ++i) {
    const bool moves = hours_.data()[tile.first + i] > 0;
    if (moves && rough_.data()[i] > 0) run_directly(stage, tile, i);
  }
}

// One subject whose curves are rough: the nodes are the lanes.
void SubjectBatch::run_directly(Stage& stage, const Tile& tile, std::size_t lane) {
  const lang::Program& program = stage.level->parts.program;
  for (const int input : stage.inputs) {
    const lang::NodeRegister& from = stage.registers[static_cast<std::size_t>(input)];
    if (from.step == 0) {
      stage.direct.fill(input, from.at[tile.first + lane]);
      continue;
    }
    const auto to = stage.direct.input(input);
    for (std::size_t node = 0; node < kNodes; ++node) to[node] = from.at[node * from.step + lane];
  }
  stage.direct.run_prologue();
  stage.direct.run();
  for (std::size_t output = 0; output < program.outputs.size(); ++output) {
    const lang::NodeRegister& to = stage.registers[program.outputs[output]];
    if (to.step == 0) continue;
    const auto from = stage.direct.output(static_cast<int>(output));
    for (std::size_t node = 0; node < kNodes; ++node) to.at[node * to.step + lane] = from[node];
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
  return !finite || !(worst_.data()[at] <= 0);
}

}  // namespace dosewright::sim
