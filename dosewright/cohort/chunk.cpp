#include "dosewright/cohort/chunk.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dosewright/base/check.hpp"
#include "dosewright/cohort/quadrature.hpp"

namespace dosewright::cohort {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

const ChunkKernel* kernel_of(Width width) {
  switch (width) {
    case Width::kOne:
      return &kChunkOne;
    case Width::kPortable:
      return &kChunkPortable;
    case Width::kAvx2:
      return &kChunkAvx2;
    case Width::kAvx512:
      return &kChunkAvx512;
  }
  return &kChunkPortable;
}

int count(const std::vector<int>& values) {
  return static_cast<int>(values.size());
}

}  // namespace

Chunk::Chunk(const model::Model& model, const Split& split, int n_lanes, Width width)
    : model_(&model),
      split_(&split),
      kernel_(kernel_of(width)),
      n_lanes_(n_lanes),
      stride_(static_cast<std::size_t>(padded_lanes(n_lanes))),
      width_(count(split.linear) + (split.offset ? 1 : 0)),
      initial_(model.initial, n_lanes, width),
      matrix_batch_(split.matrix.program, n_lanes, width),
      response_(split.response.program, n_lanes, width),
      outputs_(model.outputs, n_lanes, width),
      given_(static_cast<std::size_t>(model.time_input()) * stride_),
      states_(model.states.size() * stride_),
      one_(stride_),
      first_dose_h_(stride_),
      dose_mg_(stride_),
      amount_(stride_),
      since_(stride_),
      a_(static_cast<std::size_t>(width_ * width_) * stride_),
      matrices_(static_cast<std::size_t>((kNodes + 3) * width_ * width_) * stride_),
      moved_(static_cast<std::size_t>(width_) * stride_),
      production_(split.driven.size() * kParts * kNodes * stride_),
      rate_(split.driven.size() * kParts * kNodes * stride_),
      worst_(stride_),
      norm_(stride_) {
  std::fill_n(one_.data(), stride_, 1.0);
  terms_.resize(static_cast<std::size_t>(std::max(width_, kParts * kNodes + 1)) + 1);
  find_pattern();
  const std::size_t n_fixed = split.driven.size(), n_nodes = kParts * kNodes;
  const auto columns = static_cast<std::size_t>(width_);
  const std::size_t matrix_size = columns * columns;
  for (int i = 0; i < kRemembered; ++i) {
    remembered_.push_back({-1, AlignedDoubles(matrix_size * stride_),
                           AlignedDoubles(n_nodes * split.read.size() * columns * stride_),
                           AlignedDoubles(n_fixed * n_nodes * stride_),
                           AlignedDoubles(n_fixed * stride_)});
  }
}

std::size_t Chunk::bytes() const {
  std::size_t sum = initial_.bytes() + matrix_batch_.bytes() + response_.bytes() + outputs_.bytes();
  for (const AlignedDoubles* array :
       {&given_, &states_, &one_, &first_dose_h_, &dose_mg_, &amount_, &since_, &a_, &matrices_,
        &moved_, &production_, &rate_, &worst_, &norm_}) {
    sum += array->bytes();
  }
  for (const Interval& known : remembered_) {
    sum += known.move.bytes() + known.rows.bytes() + known.weights.bytes() + known.decay.bytes();
  }
  return sum;
}

// Where a power of the matrix may have an entry: paths from j to i.
void Chunk::find_pattern() {
  const auto n = static_cast<std::size_t>(width_);
  meets_.assign(n * n, 0);
  const int n_linear = count(split_->linear);
  for (int i = 0; i < width_; ++i) {
    meets_[at(i, i, width_)] = 1;
    for (int j = 0; i < n_linear && j < width_; ++j) {
      const int part = split_->matrix_part(i, j < n_linear ? j : -1);
      if (split_->matrix.zero[static_cast<std::size_t>(part)] == 0) {
        meets_[at(i, j, width_)] = 1;
      }
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j)
        if (meets_[i * n + k] != 0 && meets_[k * n + j] != 0) meets_[i * n + j] = 1;
    }
  }
}

void Chunk::start(Minutes start) {
  now_ = start;
  outputs_current_ = false;
  for (lang::Batch* batch : {&initial_, &matrix_batch_, &response_, &outputs_}) {
    for (int i = 0; i < model_->time_input(); ++i) {
      std::copy_n(row(given_, i), stride_, batch->input(i).data());
    }
    batch->fill(model_->time_input(), hours_from_minutes(start));
    batch->fill(model_->time_input() + 1, 0);
    batch->fill(model_->time_input() + 2, 0);
    batch->run_prologue();
  }
  initial_.run();
  for (std::size_t i = 0; i < model_->states.size(); ++i) {
    std::copy_n(initial_.output(static_cast<int>(i)).data(), stride_,
                row(states_, static_cast<int>(i)));
  }
  std::fill_n(first_dose_h_.data(), stride_, kNever);
  std::fill_n(dose_mg_.data(), stride_, 0.0);
  std::fill_n(worst_.data(), stride_, 0.0);
  std::fill_n(norm_.data(), stride_, 0.0);
  for (Interval& known : remembered_) known.minutes = -1;
  take_matrix();
}

void Chunk::take_matrix() {
  matrix_batch_.run();
  const int n_linear = count(split_->linear);
  std::fill_n(a_.data(), static_cast<std::size_t>(width_ * width_) * stride_, 0.0);
  for (int i = 0; i < n_linear; ++i) {
    for (int j = 0; j < width_; ++j) {
      const int part = split_->matrix_part(i, j < n_linear ? j : -1);
      std::copy_n(matrix_batch_.output(part).data(), stride_, row(a_, i * width_ + j));
    }
  }
}

void Chunk::dose(std::span<const double> amounts_mg) {
  DW_CHECK(amounts_mg.size() == lanes(), "one amount for each lane");
  std::copy(amounts_mg.begin(), amounts_mg.end(), amount_.data());
  kernel_->give(amount_.data(), hours_from_minutes(now_), row(states_, model_->dose_state),
                dose_mg_.data(), first_dose_h_.data(), stride_);
  for (lang::Batch* batch : {&response_, &outputs_}) {
    std::copy_n(dose_mg_.data(), stride_, batch->input(model_->time_input() + 2).data());
  }
  outputs_current_ = false;
}

// out = a b, where the form of the matrices leaves anything.
void Chunk::multiply(const double* a, const double* b, double* out) {
  for (int i = 0; i < width_; ++i) {
    for (int j = 0; j < width_; ++j) {
      if (!meets(i, j)) continue;
      std::size_t n = 0;
      for (int k = 0; k < width_; ++k) {
        if (!meets(i, k) || !meets(k, j)) continue;
        terms_[n++] = {row_of(a, i, k), row_of(b, k, j)};
      }
      kernel_->dot(terms_.data(), n, out + static_cast<std::size_t>(i * width_ + j) * stride_,
                   stride_);
    }
  }
}

void Chunk::square(int which) {
  double* const scratch = matrix(kNodes + 1);
  multiply(matrix(which), matrix(which), scratch);
  std::copy_n(scratch, static_cast<std::size_t>(width_ * width_) * stride_, matrix(which));
}

// exp(A hours): the Taylor series of a matrix halved kHalvings times, by Horner's rule, then as
// many squarings [GolubVanLoan2013, 9.3.1]. The number of operations is the same for every lane.
void Chunk::exponential(double hours, int which) {
  double *const small = matrix(kNodes + 2), *const product = matrix(kNodes + 1);
  double* const out = matrix(which);
  const auto size = static_cast<std::size_t>(width_ * width_) * stride_;
  kernel_->scale(a_.data(), std::ldexp(hours, -kHalvings), 0, small, size);
  std::fill_n(product, size, 0.0);
  std::fill_n(out, size, 0.0);
  for (int i = 0; i < width_; ++i) {
    std::fill_n(out + static_cast<std::size_t>(i * width_ + i) * stride_, stride_, 1.0);
  }
  for (int k = kTerms; k >= 1; --k) {
    multiply(small, out, product);
    for (int i = 0; i < width_; ++i) {
      for (int j = 0; j < width_; ++j) {
        const std::size_t at = static_cast<std::size_t>(i * width_ + j) * stride_;
        kernel_->scale(product + at, 1.0 / k, i == j ? 1.0 : 0.0, out + at, stride_);
      }
    }
  }
  for (int k = 0; k < kHalvings; ++k) square(which);
}

void Chunk::check_norms(double hours) {
  for (std::size_t lane = 0; lane < stride_; ++lane) {
    double& largest = norm_.data()[lane];
    for (int i = 0; i < width_; ++i) {
      double sum = 0;
      for (int j = 0; j < count(split_->linear); ++j) {
        sum += std::abs(row(a_, i * width_ + j)[lane]);
      }
      if (!(sum * hours <= largest)) largest = sum * hours;
    }
  }
}

void Chunk::prepare(Interval& interval, double hours) {
  const double first = std::ldexp(hours, 1 - kParts);
  check_norms(first);
  exponential(first, kNodes);
  if (!split_->driven.empty()) {
    prepare_rows(interval, first);
    prepare_weights(interval, hours);
  }
  for (int part = 1; split_->driven.empty() && part < kParts; ++part) square(kNodes);
  std::copy_n(matrix(kNodes), static_cast<std::size_t>(width_ * width_) * stride_,
              interval.move.data());
}

// Node j of the part [T, 2T] stands at T + c_j T: exp(A c_j T) exp(A T), both by squaring those of
// the part before. Leaves exp(A h) behind.
void Chunk::prepare_rows(Interval& interval, double first) {
  const Interpolation& table = interpolation();
  for (int j = 0; j < kNodes; ++j) exponential(first * table.nodes[static_cast<std::size_t>(j)], j);
  double* out = interval.rows.data();
  for (int part = 0; part < kParts; ++part) {
    for (int j = 0; j < kNodes; ++j) {
      for (const int i : split_->read) {
        for (int column = 0; column < width_; ++column, out += stride_) {
          std::size_t n = 0;
          for (int k = 0; k < width_; ++k) {
            const bool identity = part == 0;  // exp(A 0)
            if (!meets(i, k) || !meets(k, column) || (identity && k != column)) continue;
            terms_[n++] = {row_of(matrix(j), i, k),
                           identity ? one_.data() : row_of(matrix(kNodes), k, column)};
          }
          if (n > 0) kernel_->dot(terms_.data(), n, out, stride_);
        }
      }
    }
    if (part == 0) continue;  // the next part, [T, 2T], has the length of this one
    square(kNodes);
    for (int j = 0; j < kNodes; ++j) square(j);
  }
}

void Chunk::prepare_weights(Interval& interval, double hours) {
  const Interpolation& table = interpolation();
  const WeightTable plain{kNodes,
                          kInnerNodes,
                          table.inner_nodes.data(),
                          table.inner_weights.data(),
                          table.at_inner[0].data(),
                          table.at_zero[0].data(),
                          table.at_one[0].data()};
  for (int i = 0; i < count(split_->driven); ++i) {
    if (!split_->loss_is_fixed(i)) continue;
    const double* const rate = response_.output(split_->loss(i)).data();
    kernel_->grow(rate, hours, row(interval.decay, i), stride_);
    for (int part = 0; part < kParts; ++part) {
      const double end = std::ldexp(hours, part + 1 - kParts);
      const double length = part == 0 ? end : end / 2;
      kernel_->weigh(rate, {length, hours - end}, plain,
                     row(interval.weights, (i * kParts + part) * kNodes), stride_);
    }
  }
}

const Chunk::Interval& Chunk::interval(Minutes minutes) {
  for (const Interval& known : remembered_) {
    if (known.minutes == minutes) return known;
  }
  Interval& slot = remembered_[next_slot_];
  next_slot_ = (next_slot_ + 1) % remembered_.size();
  prepare(slot, hours_from_minutes(minutes));
  slot.minutes = minutes;
  return slot;
}

void Chunk::advance(Minutes to) {
  DW_CHECK(to >= now_, "time runs forward only");
  while (now_ < to) {
    const Minutes minutes = std::min(to - now_, kLongest);
    move(minutes);
    now_ += minutes;
    outputs_current_ = false;
  }
}

double* Chunk::column_value(int j) {
  if (j == count(split_->linear)) return one_.data();
  return row(states_, split_->linear[static_cast<std::size_t>(j)]);
}

void Chunk::move(Minutes minutes) {
  const Interval& known = interval(minutes);
  if (!split_->driven.empty()) {
    drive(known, hours_from_minutes(now_), hours_from_minutes(minutes));
  }
  for (int i = 0; i < count(split_->linear); ++i) {
    std::size_t n = 0;
    for (int j = 0; j < width_; ++j) {
      if (!meets(i, j)) continue;
      const auto at = static_cast<std::size_t>(i * width_ + j) * stride_;
      terms_[n++] = {known.move.data() + at, column_value(j)};
    }
    kernel_->dot(terms_.data(), n, row(moved_, i), stride_);
  }
  for (int i = 0; i < count(split_->linear); ++i) {
    std::copy_n(row(moved_, i), stride_, column_value(i));
  }
}

void Chunk::set_clock(lang::Batch& batch, double time_h) {
  batch.fill(model_->time_input(), time_h);
  kernel_->elapsed(first_dose_h_.data(), time_h, batch.input(model_->time_input() + 1).data(),
                   stride_);
}

// p and the rate of every driven state at one node.
void Chunk::visit_node(const Interval& interval, int node, double time_h) {
  const int n_read = count(split_->read);
  for (int r = 0; r < n_read; ++r) {
    const int state = split_->read[static_cast<std::size_t>(r)];
    const auto first = static_cast<std::size_t>((node * n_read + r) * width_) * stride_;
    std::size_t n = 0;
    for (int j = 0; j < width_; ++j) {
      if (!meets(state, j)) continue;
      terms_[n++] = {interval.rows.data() + first + static_cast<std::size_t>(j) * stride_,
                     column_value(j)};
    }
    const int input = model_->first_state_input() + split_->linear[static_cast<std::size_t>(state)];
    kernel_->dot(terms_.data(), n, response_.input(input).data(), stride_);
  }
  if (split_->reads_clock) set_clock(response_, time_h);
  response_.run();
  for (int i = 0; i < count(split_->driven); ++i) {
    const int at = i * kParts * kNodes + node;
    std::copy_n(response_.output(split_->production(i)).data(), stride_, row(production_, at));
    if (split_->loss_is_fixed(i)) continue;
    std::copy_n(response_.output(split_->loss(i)).data(), stride_, row(rate_, at));
  }
}

void Chunk::relax_part(int part, double hours) {
  const Interpolation& table = interpolation();
  const RelaxTable plain{kNodes, table.weights.data(), table.integral[0].data()};
  const double end = std::ldexp(hours, part + 1 - kParts);
  const double length = part == 0 ? end : end / 2;
  for (int i = 0; i < count(split_->driven); ++i) {
    if (split_->loss_is_fixed(i)) continue;
    const int at = (i * kParts + part) * kNodes;
    kernel_->relax({row(production_, at), row(rate_, at), length}, plain,
                   row(states_, split_->driven[static_cast<std::size_t>(i)]), worst_.data(),
                   stride_);
  }
}

// The driven states over an interval that begins at begin_h; the linear ones are still there.
void Chunk::drive(const Interval& interval, double begin_h, double hours) {
  const Interpolation& table = interpolation();
  for (int part = 0; part < kParts; ++part) {
    const double end = std::ldexp(hours, part + 1 - kParts);
    const double begin = part == 0 ? 0 : end / 2;
    for (int j = 0; j < kNodes; ++j) {
      const double c = table.nodes[static_cast<std::size_t>(j)];
      visit_node(interval, part * kNodes + j, begin_h + begin + c * (end - begin));
    }
    relax_part(part, hours);
  }
  for (int i = 0; i < count(split_->driven); ++i) {
    if (!split_->loss_is_fixed(i)) continue;
    double* const y = row(states_, split_->driven[static_cast<std::size_t>(i)]);
    const auto at = static_cast<std::size_t>(i);
    terms_[0] = {interval.decay.data() + at * stride_, y};
    std::size_t n = 1;
    for (std::size_t node = 0; node < kParts * kNodes; ++node) {
      const std::size_t offset = (at * kParts * kNodes + node) * stride_;
      terms_[n++] = {interval.weights.data() + offset, production_.data() + offset};
    }
    kernel_->dot(terms_.data(), n, y, stride_);
  }
}

std::span<const double> Chunk::output(int index) {
  if (!outputs_current_) {
    set_clock(outputs_, hours_from_minutes(now_));
    for (int i = 0; i < static_cast<int>(model_->states.size()); ++i) {
      std::copy_n(row(states_, i), stride_, outputs_.input(model_->first_state_input() + i).data());
    }
    outputs_.run();
    outputs_current_ = true;
  }
  return outputs_.output(index);
}

bool Chunk::left_out(int lane) const {
  const auto at = static_cast<std::size_t>(lane);
  bool finite = true;
  for (std::size_t i = 0; i < model_->states.size(); ++i) {
    finite = finite && std::isfinite(states_.data()[i * stride_ + at]);
  }
  return !finite || !(norm_.data()[at] <= kMostNorm) || !(worst_.data()[at] <= kByParts);
}

}  // namespace dosewright::cohort
