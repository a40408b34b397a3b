// What the reader asks of equation trees: which names they use, and copies of those that matter.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "dosewright/lang/check.hpp"

namespace dosewright::model {

void add_names(const lang::Node& node, std::set<std::string>& names);
lang::Expression copy(const lang::Node& node);

// Copies of those definitions that `roots` need, directly or through others, in the same order.
std::vector<lang::Statement> needed_definitions(std::span<const lang::Statement> definitions,
                                                const std::vector<const lang::Node*>& roots);

// Targets whose value depends on one of `names`, with `names` themselves.
std::set<std::string> dependents(std::span<const lang::Statement> statements,
                                 std::set<std::string> names);

}  // namespace dosewright::model
