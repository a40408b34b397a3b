#include "dosewright/lang/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <tao/pegtl.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/literal.hpp"

namespace dosewright::lang {
namespace {

namespace peg = tao::pegtl;

// What the actions work on.
struct Reader {
  struct Call {
    std::string_view function;
    std::size_t offset;
    std::size_t n_arguments;
  };

  Reading& reading;
  Builder builder;
  std::vector<Call> calls;
  std::vector<std::size_t> branches;  // where each open `if` stands
  std::string_view number;
  Statement statement;

  explicit Reader(Reading& r) : reading(r), builder(r.source, r.nodes_left, r.faults) {}
  std::size_t offset(const char* at) const {
    return static_cast<std::size_t>(at - reading.source->text.data());
  }
  std::size_t offset_of_number() const { return offset(&number.front()); }
  void take_number(double value, const UnitScan& scan, std::size_t end);
};

double number_value(const Reader& reader) {
  double value = 0;
  const char* begin = reader.number.data();
  const char* end = begin + reader.number.size();
  const auto result = std::from_chars(begin, end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) {
    throw Stop{reader.offset_of_number(),
               fmt::format("the number {} is out of range", shown_text(reader.number, 40)),
               "numbers lie between 2.3e-308 and 1.8e308"};
  }
  return value;
}

void Reader::take_number(double value, const UnitScan& scan, std::size_t end) {
  const std::size_t at = offset_of_number();
  if (scan.fault) builder.fault(end + scan.blanks, scan.fault->message, scan.fault->hint);
  if (reading.too_many_faults()) throw Stop{at, "too many faults in this text", {}};
  if (!std::isfinite(scan.unit.to_canonical(value))) {
    throw Stop{at, fmt::format("{} {} is out of range", number, scan.unit.code), {}};
  }
  builder.number(value, scan.unit, at);
}

// ---- grammar -----------------------------------------------------------------------------------

// Rules are named in small letters, as PEGTL names its own: a grammar reads as one text.
// NOLINTBEGIN(readability-identifier-naming)
struct comment : peg::seq<peg::one<'#'>, peg::until<peg::eolf>> {};
struct skip : peg::star<peg::sor<peg::space, comment>> {};
struct blanks : peg::star<peg::blank> {};
struct dotted : peg::list<peg::identifier, peg::one<'.'>> {};
struct sign : peg::opt<peg::one<'+', '-'>> {};
struct exponent : peg::seq<peg::one<'e', 'E'>, sign, peg::plus<peg::digit>> {};
struct fraction : peg::seq<peg::one<'.'>, peg::star<peg::digit>> {};
struct digits : peg::seq<peg::plus<peg::digit>, peg::opt<fraction>, peg::opt<exponent>> {};

// By hand: what is a unit depends on what the unit reader knows.
struct unit {
  using rule_t = unit;
  using subs_t = peg::empty_list;
  template <peg::apply_mode, peg::rewind_mode, template <typename...> class Action,
            template <typename...> class Control, typename Input>
  static bool match(Input& in, Reader& reader) {
    const std::string_view rest(in.current(), in.size());
    const UnitScan scan = scan_unit(reader.number, rest);
    reader.take_number(number_value(reader), scan, reader.offset(in.current()));
    if (scan.length > 0) in.bump(scan.blanks + scan.length);
    return true;
  }
};

template <char... C>
struct word : peg::seq<peg::string<C...>, peg::not_at<peg::identifier_other>> {};
struct word_and : word<'a', 'n', 'd'> {};
struct word_or : word<'o', 'r'> {};
struct word_not : word<'n', 'o', 't'> {};
struct word_if : word<'i', 'f'> {};
struct word_else : word<'e', 'l', 's', 'e'> {};

struct less_equal : peg::string<'<', '='> {};
struct greater_equal : peg::string<'>', '='> {};
struct equal : peg::string<'=', '='> {};
struct not_equal : peg::string<'!', '='> {};
struct less : peg::seq<peg::one<'<'>, peg::not_at<peg::one<'>'>>> {};
struct greater : peg::one<'>'> {};
struct add : peg::one<'+'> {};
struct subtract : peg::one<'-'> {};
struct multiply : peg::seq<peg::one<'*'>, peg::not_at<peg::one<'*'>>> {};
struct divide : peg::one<'/'> {};
struct power : peg::one<'^'> {};
struct binary : peg::sor<less_equal, greater_equal, equal, not_equal, less, greater, add, subtract,
                         multiply, divide, power, word_and, word_or> {};
struct minus : peg::one<'-'> {};
struct prefix : peg::sor<minus, word_not> {};

struct open : peg::success {};
struct close : peg::success {};
struct expression;
struct open_parenthesis : peg::one<'('> {};
struct close_parenthesis : peg::one<')'> {};
struct inner_end : peg::one<')'> {};  // after an expression, where an operator could stand too

struct literal : peg::seq<digits, unit> {};
struct nested : peg::if_must<peg::one<'('>, expression, inner_end> {};
struct branch_end : peg::success {};
struct else_word : word_else {};
struct branch : peg::if_must<word_if, skip, open_parenthesis, expression, inner_end, expression,
                             else_word, expression, branch_end> {};
struct reserved : peg::sor<word_and, word_or, word_not, word_else> {};
struct function : dotted {};
struct call_head : peg::seq<peg::not_at<reserved>, function, skip, peg::one<'('>> {};
struct argument : peg::seq<expression> {};
struct call_end : peg::one<')'> {};
struct call : peg::if_must<call_head, argument, peg::star<peg::if_must<peg::one<','>, argument>>,
                           call_end> {};

struct keyword {
  using rule_t = keyword;
  using subs_t = peg::empty_list;
  template <peg::apply_mode, peg::rewind_mode, template <typename...> class Action,
            template <typename...> class Control, typename Input>
  static bool match(Input& in, Reader& /*reader*/) {
    const std::string_view rest(in.current(), in.size());
    std::size_t n = 0;
    while (n < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[n])) || rest[n] == '_'))
      ++n;
    return n <= 5 && is_keyword(rest.substr(0, n));
  }
};
struct name : peg::seq<peg::not_at<keyword>, dotted> {};
struct primary : peg::sor<literal, nested, branch, call, name> {};
struct operand : peg::seq<skip, peg::star<prefix, skip>, peg::must<primary>, skip> {};
struct expression : peg::seq<open, operand, peg::star<binary, operand>, close> {};

struct expression_end : peg::eof {};
struct whole_expression : peg::seq<expression, peg::must<expression_end>> {};

struct target_name : peg::seq<peg::not_at<keyword>, dotted> {};
struct derivative_end : peg::one<')'> {};
struct derivative : peg::if_must<peg::string<'d', '/', 'd', 't'>, blanks, open_parenthesis, blanks,
                                 target_name, blanks, derivative_end> {};
struct initial_end : peg::seq<blanks, peg::one<'0'>, blanks, peg::one<')'>> {};
struct initial_open : peg::one<'('> {};
struct initial : peg::if_must<initial_open, initial_end> {};
struct plain : peg::seq<target_name, blanks, peg::opt<initial>> {};
struct target : peg::sor<derivative, plain> {};
struct assign : peg::seq<peg::one<'='>, peg::not_at<peg::one<'='>>> {};
struct unit_text : peg::plus<peg::sor<peg::seq<peg::one<'['>, peg::until<peg::one<']'>>>,
                                      peg::not_one<'[', ']', '\n'>>> {};
struct declared_end : peg::one<']'> {};
struct declared : peg::if_must<peg::one<'['>, unit_text, declared_end> {};
struct whole_statement : peg::seq<blanks, peg::must<target>, blanks, peg::opt<declared>, blanks,
                                  peg::must<assign>, expression, peg::must<expression_end>> {};

// ---- actions -----------------------------------------------------------------------------------

template <typename Rule>
struct action {};

template <Op op>
struct binary_action {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.builder.binary(op, reader.offset(in.begin()));
  }
};
template <>
struct action<less_equal> : binary_action<Op::kLessEqual> {};
template <>
struct action<greater_equal> : binary_action<Op::kGreaterEqual> {};
template <>
struct action<equal> : binary_action<Op::kEqual> {};
template <>
struct action<not_equal> : binary_action<Op::kNotEqual> {};
template <>
struct action<less> : binary_action<Op::kLess> {};
template <>
struct action<greater> : binary_action<Op::kGreater> {};
template <>
struct action<add> : binary_action<Op::kAdd> {};
template <>
struct action<subtract> : binary_action<Op::kSubtract> {};
template <>
struct action<multiply> : binary_action<Op::kMultiply> {};
template <>
struct action<divide> : binary_action<Op::kDivide> {};
template <>
struct action<power> : binary_action<Op::kPower> {};

struct word_or_and {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    const Op op = in.string_view() == "and" ? Op::kAnd : Op::kOr;
    reader.builder.binary(op, reader.offset(in.begin()));
  }
};

template <>
struct action<word_and> : word_or_and {};
template <>
struct action<word_or> : word_or_and {};

template <>
struct action<prefix> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    const Op op = *in.begin() == '-' ? Op::kNegate : Op::kNot;
    reader.builder.prefix(op, reader.offset(in.begin()));
  }
};

template <>
struct action<open> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.builder.open(reader.offset(in.begin()));
  }
};

template <>
struct action<close> {
  static void apply0(Reader& reader) { reader.builder.close(); }
};

template <>
struct action<digits> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.number = in.string_view();
  }
};

template <>
struct action<name> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.builder.name(in.string_view(), reader.offset(in.begin()));
  }
};

template <>
struct action<word_if> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.branches.push_back(reader.offset(in.begin()));
  }
};

template <>
struct action<branch_end> {
  static void apply0(Reader& reader) {
    reader.builder.branch(reader.branches.back());
    reader.branches.pop_back();
  }
};

std::string function_hint(std::string_view text) {
  std::vector<std::string> known;
  for (const Spelled& spelled : kFunctions) known.emplace_back(spelled.text);
  const std::string nearest = nearest_name(text, known);
  if (text == "ln") return "the natural logarithm is log(x)";
  if (text == "dt") return "d/dt(X) stands on the left of '=' only";
  if (!nearest.empty()) return fmt::format("did you mean '{}'?", nearest);
  return fmt::format("the functions are {}; write a multiplication as 'x * (y)'",
                     join(known, ", "));
}

template <>
struct action<call_head> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    const std::string_view head = in.string_view();
    const std::string_view text = trim(head.substr(0, head.find_first_of("( \t\r\n#")));
    const bool known = std::any_of(std::begin(kFunctions), std::end(kFunctions),
                                   [&](const Spelled& spelled) { return spelled.text == text; });
    const std::size_t at = reader.offset(in.begin());
    if (!known) {
      throw Stop{at, fmt::format("unknown function '{}'", shown_text(text, 40)),
                 function_hint(text)};
    }
    reader.calls.push_back({text, at, 0});
  }
};

template <>
struct action<argument> {
  static void apply0(Reader& reader) { ++reader.calls.back().n_arguments; }
};

template <>
struct action<call_end> {
  static void apply0(Reader& reader) {
    const Reader::Call call = reader.calls.back();
    reader.calls.pop_back();
    reader.builder.call(call.function, call.offset, call.n_arguments);
  }
};

template <>
struct action<target_name> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    reader.statement.target = in.string();
  }
};

template <>
struct action<derivative> {
  static void apply0(Reader& reader) { reader.statement.kind = StatementKind::kDerivative; }
};

template <>
struct action<initial> {
  static void apply0(Reader& reader) { reader.statement.kind = StatementKind::kInitial; }
};

template <>
struct action<target> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    const std::size_t at = reader.offset(in.begin());
    reader.statement.offset = static_cast<std::uint32_t>(at);
    reader.statement.place = reader.reading.source->place(at);
  }
};

template <>
struct action<unit_text> {
  template <typename Input>
  static void apply(const Input& in, Reader& reader) {
    Result<Unit> declared = parse_unit(trim(in.string_view()));
    if (declared.ok()) {
      reader.statement.declared = std::move(*declared);
      return;
    }
    const Fault& cause = declared.faults()[0];
    reader.reading.fault(reader.offset(in.begin()), cause.message, cause.hint);
    reader.statement.declared = Unit{};
  }
};

// NOLINTEND(readability-identifier-naming)

// ---- faults ------------------------------------------------------------------------------------

template <typename Rule>
inline constexpr const char* expected = "something else";
template <>
inline constexpr const char* expected<primary> = "a name, a number, a function or '('";
template <>
inline constexpr const char* expected<inner_end> = "an operator or ')'";
template <>
inline constexpr const char* expected<call_end> = "an operator, ',' or ')'";
template <>
inline constexpr const char* expected<open_parenthesis> = "'('";
template <>
inline constexpr const char* expected<else_word> = "an operator or 'else'";
template <>
inline constexpr const char* expected<expression_end> = "an operator or the end";
template <>
inline constexpr const char* expected<target> = "a name, d/dt(NAME) or NAME(0)";
template <>
inline constexpr const char* expected<target_name> = "a name";
template <>
inline constexpr const char* expected<derivative_end> = "')'";
template <>
inline constexpr const char* expected<initial_end> = "'0)'";
template <>
inline constexpr const char* expected<assign> = "'='";
template <>
inline constexpr const char* expected<unit_text> = "a unit";
template <>
inline constexpr const char* expected<declared_end> = "']'";

std::string found_text(std::string_view rest) {
  if (rest.empty() || rest[0] == '\n') return "the end";
  std::size_t n = 0;
  while (n < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[n])) || rest[n] == '_'))
    ++n;
  if (n == 0) n = rest.substr(0, 4).find_first_of(" \t\r\n()", 1);
  return "'" + shown_text(rest.substr(0, n), 40) + "'";
}

struct Slip {
  std::string_view written;
  const char* hint;
};
constexpr Slip kSlips[] = {
    {"**", "write a power as 'x ^ y'"},
    {"&", "write 'and'"},
    {"|", "write 'or'"},
    {"!", "write 'not x', or 'x != y'"},
    {"<>", "write 'x != y'"},
    {"=", "compare with '=='; a statement has one '='"},
    {"\xE2\x89\xA5", "write '>='"},
    {"\xE2\x89\xA4", "write '<='"},
    {"\xE2\x89\xA0", "write '!='"},
    {"\xC3\x97", "write a multiplication as 'x * y', a multiple of the limit as '3 ULN'"},
    {"\xC2\xB7", "write a multiplication as 'x * y'"},
    {"\xE2\x88\x92", "write '-'; this is the typographic minus"},
    {"+", "a number has no sign '+' of its own"},
    {",", "write the decimal point as '.'; arguments stand inside a function's parentheses"},
    {"[", "a unit in brackets stands after the name on the left of '=', as in 'CP [mg/L] = ...'"},
    {".", "a number begins with a digit; a name does not end with '.'"},
};

std::string slip_hint(std::string_view rest, bool at_parenthesis) {
  for (const Slip& slip : kSlips) {
    if (rest.starts_with(slip.written)) return slip.hint;
  }
  if (!rest.empty() && (std::isalnum(static_cast<unsigned char>(rest[0])) || rest[0] == '(')) {
    return "write a multiplication as 'x * y'";
  }
  return rest.empty() && at_parenthesis ? "a '(' is not closed" : "";
}

template <typename Rule>
std::string hint_for(std::string_view rest) {
  if constexpr (std::is_same_v<Rule, expression_end> || std::is_same_v<Rule, primary> ||
                std::is_same_v<Rule, inner_end> || std::is_same_v<Rule, call_end>) {
    return slip_hint(rest, !std::is_same_v<Rule, primary>);
  } else if constexpr (std::is_same_v<Rule, else_word>) {
    return "a choice is written 'if (condition) value else value'";
  } else if constexpr (std::is_same_v<Rule, assign> || std::is_same_v<Rule, target>) {
    return "a statement is written 'NAME [unit] = expression'";
  } else if constexpr (std::is_same_v<Rule, initial_end>) {
    return "the value at time zero is written 'NAME(0) = expression'";
  } else {
    return {};
  }
}

template <typename Rule>
struct Control : peg::normal<Rule> {
  template <typename Input>
  [[noreturn]] static void raise(const Input& in, Reader& reader) {
    const std::string_view rest(in.current(), in.size());
    throw Stop{reader.offset(in.current()),
               fmt::format("expected {}, found {}", expected<Rule>, found_text(rest)),
               hint_for<Rule>(rest)};
  }
};

template <typename Rule>
bool read(Reader& reader, std::size_t begin, std::size_t end) {
  const char* text = reader.reading.source->text.data();
  const std::size_t before = reader.reading.faults.size();
  try {
    peg::memory_input<peg::tracking_mode::lazy, peg::eol::lf_crlf, const char*> in(text + begin,
                                                                                   text + end, "");
    peg::parse<Rule, action, Control>(in, reader);
  } catch (const Stop& stop) {
    reader.reading.fault(stop.offset, stop.message, stop.hint);
  }
  return reader.reading.faults.size() == before;
}

}  // namespace

void Reading::fault(std::size_t offset, std::string message, std::string hint) {
  faults.add({source->place(offset), std::move(message), std::move(hint), source->quote(offset)});
}

Expression read_expression(Reading& reading, std::size_t begin, std::size_t end) {
  Reader reader(reading);
  if (!read<whole_expression>(reader, begin, end)) return nullptr;
  return reader.builder.take();
}

std::optional<Statement> read_statement(Reading& reading, std::size_t begin, std::size_t end) {
  Reader reader(reading);
  if (!read<whole_statement>(reader, begin, end)) return std::nullopt;
  reader.statement.value = reader.builder.take();
  return std::move(reader.statement);
}

}  // namespace dosewright::lang
