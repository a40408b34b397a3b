#include "dosewright/lang/batch.hpp"

#include <algorithm>
#include <utility>

#include "dosewright/lang/batch_kernel.hpp"
#include "dosewright/lang/infer.hpp"

namespace dosewright::lang {
namespace {

// Of 64 lanes each.
std::size_t words_of(int n_lanes) {
  return (static_cast<std::size_t>(n_lanes) + 63) / 64;
}

BatchKernel kernel_of(Width width) {
  switch (width) {
    case Width::kOne:
      return kBatchOne;
    case Width::kPortable:
      return kBatchPortable;
    case Width::kAvx2:
      return kBatchAvx2;
    case Width::kAvx512:
      return kBatchAvx512;
  }
  return kBatchPortable;
}

std::size_t size_of(const Program& program, int n_lanes) {
  return static_cast<std::size_t>(std::max(program.n_registers, program.n_inputs)) *
         static_cast<std::size_t>(padded_lanes(n_lanes));
}

// What explain() lists: comparisons, Boolean names and known(), parts before the whole.
void collect_parts(const Node& node, std::span<const Symbol> scope,
                   std::vector<const Node*>& parts) {
  const bool known = node.op == Op::kKnown;
  if (!known) {
    for (const Expression& inner : node.arguments) collect_parts(*inner, scope, parts);
  }
  const auto is_boolean = [&](const Symbol& symbol) {
    return symbol.name == node.name && symbol.type == Type::kBoolean;
  };
  const bool named = node.op == Op::kName && std::ranges::any_of(scope, is_boolean);
  const bool comparison = node.op >= Op::kLess && node.op <= Op::kNotEqual;
  if (known || named || comparison) parts.push_back(&node);
}

}  // namespace

NodeKernel node_kernel(Width width) {
  switch (width) {
    case Width::kOne:
      return kNodesOne;
    case Width::kPortable:
      return kNodesPortable;
    case Width::kAvx2:
      return kNodesAvx2;
    case Width::kAvx512:
      return kNodesAvx512;
  }
  return kNodesPortable;
}

Batch::Batch(const Program& program, int n_lanes, Width width)
    : program_(&program),
      kernel_(kernel_of(width)),
      n_lanes_(n_lanes),
      stride_(padded_lanes(n_lanes)),
      registers_(size_of(program, n_lanes)) {
  DW_CHECK(n_lanes >= 1, "a batch has lanes");
  DW_CHECK(supported(width) && kernel_ != nullptr, to_text(width));
  for (std::size_t i = 0; i < program.constants.size(); ++i) {
    fill(program.n_inputs + static_cast<int>(i), program.constants[i]);
  }
}

void Batch::fill(int i, double value) {
  const auto stride = static_cast<std::size_t>(stride_);
  std::fill_n(registers_.data() + static_cast<std::size_t>(i) * stride, stride, value);
}

void Batch::run_prologue() {
  kernel_(program_->instructions.data(), static_cast<std::size_t>(program_->n_prologue),
          registers_.data(), static_cast<std::size_t>(stride_));
}

void Batch::run() {
  const auto done = static_cast<std::size_t>(program_->n_prologue);
  kernel_(program_->instructions.data() + done, program_->instructions.size() - done,
          registers_.data(), static_cast<std::size_t>(stride_));
}

Result<GuardBatch> GuardBatch::make(const Node& guard, std::span<const Symbol> scope, int n_lanes,
                                    Width width) {
  std::vector<const Node*> nodes, outputs = {&guard};
  collect_parts(guard, scope, nodes);
  std::vector<Part> seen;
  const std::size_t n_words = words_of(n_lanes);
  for (const Node* node : nodes) {
    std::string text = to_text(*node);
    if (std::ranges::any_of(seen, [&](const Part& part) { return part.text == text; })) continue;
    seen.push_back({std::move(text), LaneMask(n_words), LaneMask(n_words)});
    outputs.push_back(node);
  }
  auto program = lower({scope, {}, outputs});
  if (!program.ok()) return program.faults();
  return GuardBatch(std::make_unique<Program>(std::move(*program)), std::move(seen), n_lanes,
                    width);
}

GuardBatch::GuardBatch(std::unique_ptr<Program> program, std::vector<Part> seen, int n_lanes,
                       Width width)
    : program_(std::move(program)),
      batch_(*program_, n_lanes, width),
      verdict_{{}, LaneMask(words_of(n_lanes)), LaneMask(words_of(n_lanes))},
      seen_(std::move(seen)) {}

void GuardBatch::read(int output, Part& part) const {
  const std::span<const double> values = batch_.output(output);
  std::ranges::fill(part.holds, 0);
  std::ranges::fill(part.known, 0);
  for (std::size_t lane = 0; lane < values.size(); ++lane) {
    part.holds[lane / 64] |= static_cast<std::uint64_t>(values[lane] == 1) << (lane % 64);
    part.known[lane / 64] |= static_cast<std::uint64_t>(!is_unknown(values[lane])) << (lane % 64);
  }
}

void GuardBatch::run() {
  batch_.run_prologue();
  batch_.run();
  read(0, verdict_);
  for (std::size_t i = 0; i < seen_.size(); ++i) read(static_cast<int>(i) + 1, seen_[i]);
}

}  // namespace dosewright::lang
