// The grammar, for one expression or one statement of a text. The only file that sees PEGTL is
// reader.cpp.
#pragma once

#include <memory>
#include <optional>

#include "dosewright/lang/builder.hpp"
#include "dosewright/lang/syntax.hpp"

namespace dosewright::lang {

// What is read from one text: its bounds and its faults are shared by all its statements.
struct Reading {
  std::shared_ptr<const Source> source;
  std::size_t nodes_left = kMaxNodes;
  Faults faults;

  void fault(std::size_t offset, std::string message, std::string hint = {});
  bool too_many_faults() const { return faults.size() >= 1000; }
};

// Reads [begin, end) of the source; empty after a fault, which is then in the reading.
Expression read_expression(Reading& reading, std::size_t begin, std::size_t end);
std::optional<Statement> read_statement(Reading& reading, std::size_t begin, std::size_t end);

}  // namespace dosewright::lang
