// Any bytes, as a model and as a guard: parsed, written and read back, checked, lowered, run.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/lang/check.hpp"
#include "dosewright/lang/program.hpp"

namespace {

using namespace dosewright;
using namespace dosewright::lang;

Symbol symbol(const char* name, const char* unit, bool constant, const char* uln) {
  Symbol made;
  made.name = name;
  made.unit = parse_unit(unit).value();
  made.constant = constant;
  made.uln = uln;
  return made;
}

std::vector<Symbol> make_scope() {
  std::vector<Symbol> scope = {symbol("CL", "L/h", true, ""),
                               symbol("Vc", "L", true, ""),
                               symbol("ka", "1/h", true, ""),
                               symbol("time", "h", false, ""),
                               symbol("ALT", "U/L", false, "ALT.ULN"),
                               symbol("ALT.ULN", "U/L", false, ""),
                               symbol("AST", "U/L", false, "AST.ULN"),
                               symbol("AST.ULN", "U/L", false, ""),
                               symbol("x", "1", false, ""),
                               symbol("confirmed", "1", false, "")};
  scope.back().type = Type::kBoolean;
  return scope;
}

double run_all(const LowerRequest& request) {
  const Result<Program> program = lower(request);
  if (!program.ok()) return 0;
  std::vector<double> registers(static_cast<std::size_t>(program->n_registers));
  for (int i = 0; i < program->n_inputs; ++i) registers[static_cast<std::size_t>(i)] = i;
  load(*program, registers);
  run_prologue(*program, registers);
  run(*program, registers);
  return program->outputs.empty() ? 0 : registers[program->outputs[0]];
}

void fuzz_model(std::string_view text, const std::vector<Symbol>& scope) {
  Result<std::vector<Statement>> statements = parse_statements(text, "fuzz");
  if (!statements.ok()) return;
  const Result<CheckedModel> model = check_model(std::move(*statements), scope, {});
  if (!model.ok()) return;
  std::vector<Symbol> inputs = model->externals;
  inputs.insert(inputs.end(), model->states.begin(), model->states.end());
  LowerRequest request{inputs, model->definitions, {}};
  for (const Statement& derivative : model->derivatives) {
    request.outputs.push_back(derivative.value.get());
  }
  for (const Expression& initial : model->initials) request.outputs.push_back(initial.get());
  run_all(request);
}

// A tree that does not read back from its own text, or two verdicts, are our bugs.
void fuzz_guard(std::string_view text, const std::vector<Symbol>& scope) {
  Result<Expression> parsed = parse_expression(text, {"fuzz", 1, 1});
  if (!parsed.ok()) return;
  const Result<Expression> again = parse_expression(to_text(**parsed), {"fuzz", 1, 1});
  if (again.ok() && !same(**parsed, **again)) std::abort();
  const Result<Expression> guard = check_guard(std::move(*parsed), scope);
  if (!guard.ok()) return;
  std::vector<double> values;
  for (std::size_t i = 0; i < scope.size(); ++i) values.push_back(static_cast<double>(i));
  const double lowered = run_all({scope, {}, {guard->get()}});
  const double explained = explain(**guard, scope, values).verdict;
  if (is_unknown(lowered) ? !is_unknown(explained) : lowered != explained) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Symbol> scope = make_scope();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  fuzz_model(text, scope);
  fuzz_guard(text, scope);
  return 0;
}
