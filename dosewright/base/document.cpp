// Documents on toml++: its tree is kept whole, and a Node points into it.
//
// toml++ stops at the first syntax fault, so a broken document has one fault. Before it reads, the
// nesting of brackets and of dotted keys is measured here: toml++ bounds neither the depth of the
// tables that a dotted key makes nor that of the recursion that frees them.
#include "dosewright/base/document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

constexpr int kDeepestBrackets = 64;
constexpr int kLongestDottedKey = 32;

Place place_of(const std::string& file, const toml::source_position& position) {
  return {file, static_cast<int>(position.line), static_cast<int>(position.column)};
}

bool bare_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == ' ' || c == '\t';
}

// Measures depth without reading values. Strings and comments are skipped as TOML defines them;
// where a string has no end the scan stops, because toml++ will stop there too.
class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : text_(text) {}

  // The offset at which the document becomes too deep, or npos.
  std::size_t too_deep() {
    while (at_ < text_.size()) {
      const std::size_t here = at_;
      step();
      if (brackets_ > kDeepestBrackets || dots_ >= kLongestDottedKey) return here;
    }
    return std::string_view::npos;
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      skip_string(c);
      return;
    }
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return;
    }
    if (c == '[' || c == '{') ++brackets_;
    if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
    if (c == '.') {
      ++dots_;
    } else if (!bare_key_character(c)) {
      dots_ = 0;
    }
    ++at_;
  }

  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool many_lines = text_.substr(at_).starts_with(triple);
    at_ += many_lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (many_lines ? text_.substr(at_).starts_with(triple) : c == quote) {
        at_ += many_lines ? 3 : 1;
        // Up to two more quotes may belong to the text before the three that close it.
        while (many_lines && at_ < text_.size() && text_[at_] == quote) ++at_;
        return;
      }
      if (c == '\n' && !many_lines) return;
      at_ += c == '\\' && quote == '"' ? 2 : 1;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int brackets_ = 0;
  int dots_ = 0;
};

std::string found_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return fmt::format("'{}'", shown_text(text->get()));
  if (const auto* whole = node.as_integer()) return fmt::format("the number {}", whole->get());
  if (const auto* number = node.as_floating_point()) {
    return fmt::format("the number {}", number_text(number->get()));
  }
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (node.is_table()) return "a table";
  if (node.is_array()) return "an array";
  if (node.is_date()) return "a date";
  return node.is_time() ? "a time of day" : "a date with a time";
}

// A key as it can be written in a path.
std::string key_text(std::string_view key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return c != ' ' && c != '\t' && bare_key_character(c);
  });
  return bare ? std::string(key) : "\"" + shown_text(key) + "\"";
}

}  // namespace

struct Document::Shared {
  std::string file;
  std::string text;
  std::vector<std::size_t> line_starts;
  toml::table table;
  Faults faults;
  std::set<std::string> reported;
  std::map<const toml::table*, std::set<std::string, std::less<>>> asked;
  std::set<const toml::node*> mistyped;

  Shared(std::string text_in, std::string file_in)
      : file(std::move(file_in)), text(std::move(text_in)) {
    line_starts.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') line_starts.push_back(i + 1);
    }
  }

  std::string_view line(int number) const {
    const auto i = static_cast<std::size_t>(number - 1);
    if (number < 1 || i >= line_starts.size()) return {};
    const std::string_view rest = std::string_view(text).substr(line_starts[i]);
    return rest.substr(0, rest.find('\n'));
  }

  Place place_at(std::size_t offset) const {
    const auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
    const auto line_number = static_cast<int>(after - line_starts.begin());
    return {file, line_number, static_cast<int>(offset - *(after - 1)) + 1};
  }

  void add(const Place& place, std::string message, std::string hint) {
    if (!reported.insert(to_text(place) + "\n" + message).second) return;
    std::string quote = quote_with_caret(line(place.line), place.line > 0 ? 1 : 0, place.column);
    faults.add(Fault{place, std::move(message), std::move(hint), std::move(quote)});
  }

  void read();
  void report_unread(const toml::table& open, const std::string& path);
  void report_unread_inside(const toml::node& value, const std::string& path);
};

void Document::Shared::read() {
  const std::size_t deep = DepthScan(text).too_deep();
  if (deep != std::string_view::npos) {
    add(place_at(deep), "the document is nested too deeply",
        fmt::format("use at most {} brackets inside each other and {} parts in a dotted key",
                    kDeepestBrackets, kLongestDottedKey));
    return;
  }
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    add(place_of(file, error.source().begin), "not valid TOML: " + std::string(error.description()),
        "correct this line; the rest of the file is checked when it can be read");
  }
}

void Document::Shared::report_unread(const toml::table& open, const std::string& path) {
  const auto& known = asked[&open];
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& [key, value] : open) {
    const std::string key_path = path.empty() ? key_text(key) : path + "." + key_text(key);
    if (known.find(key.str()) != known.end()) {
      report_unread_inside(value, key_path);
      continue;
    }
    const std::string nearest = nearest_name(key.str(), names);
    std::string hint;
    if (!nearest.empty()) {
      hint = fmt::format("did you mean '{}'?", nearest);
    } else if (names.empty()) {
      hint = "remove it: nothing is expected here";
    } else {
      hint = "known here: " + join(names, ", ");
    }
    add(place_of(file, key.source().begin), fmt::format("'{}' is not a known key", key_path), hint);
  }
}

void Document::Shared::report_unread_inside(const toml::node& value, const std::string& path) {
  if (mistyped.contains(&value)) return;  // what is wrong with it has been said
  if (const toml::table* inner = value.as_table()) {
    report_unread(*inner, path);
  } else if (const toml::array* items = value.as_array()) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      report_unread_inside((*items)[i], fmt::format("{}[{}]", path, i + 1));
    }
  }
}

struct Node::Impl {
  std::shared_ptr<Document::Shared> shared;
  const toml::node* value = nullptr;  // nullptr: absent
  Place place;                        // of the table it would stand in, where it is absent
  std::string path;
  bool excused = false;  // absent, and that has been reported already

  static Node make(Impl impl) {
    Node node;
    node.impl_ = std::make_shared<Impl>(std::move(impl));
    return node;
  }

  std::string name() const { return path.empty() ? "the document" : "'" + path + "'"; }

  Node child(const toml::node& child_value, Place child_place, std::string child_path) const {
    return make({shared, &child_value, std::move(child_place), std::move(child_path), false});
  }

  void fault(std::string message, std::string hint) const {
    shared->add(place, std::move(message), std::move(hint));
  }

  void wrong_type(const std::string& expected, std::string hint) const {
    shared->mistyped.insert(value);
    fault(fmt::format("{} must be {}, found {}", name(), expected, found_text(*value)),
          std::move(hint));
  }

  // Whether there is a value to read; where a required one is missing that is a fault.
  bool present() const {
    if (value != nullptr) return true;
    if (!excused) fault(fmt::format("{} is missing", name()), "add it here");
    return false;
  }

  const toml::table* table() const {
    if (value == nullptr) return nullptr;
    const toml::table* table = value->as_table();
    if (table == nullptr) wrong_type("a table", {});
    return table;
  }

  Node look_up(std::string_view key, bool required) const;
  std::string missing_hint(const toml::table& table, std::string_view key) const;
  std::string string_value(const std::string& expected, const std::string& hint) const;
  void faults_of_text(const Faults& faults, std::string_view text) const;
  std::optional<Measure> measure() const;
  std::optional<Measure> measure_of(const Dimension& expected) const;
};

std::string Node::Impl::missing_hint(const toml::table& table, std::string_view key) const {
  std::vector<std::string> unread;
  const auto& known = shared->asked[&table];
  for (const auto& [present_key, present_value] : table) {
    if (known.find(present_key.str()) == known.end()) unread.emplace_back(present_key.str());
  }
  const std::string nearest = nearest_name(key, unread);
  if (!nearest.empty()) {
    return fmt::format("'{}' is there: was '{}' meant?", shown_text(nearest), key);
  }
  return fmt::format("add '{} = ...' here", key_text(key));
}

Node Node::Impl::look_up(std::string_view key, bool required) const {
  const std::string key_path = path.empty() ? key_text(key) : path + "." + key_text(key);
  const toml::table* open = table();
  if (open == nullptr) {
    return make({shared, nullptr, place, key_path, true});
  }
  shared->asked[open].emplace(key);
  const auto found = open->find(key);
  if (found != open->end()) {
    const toml::source_position value_at = found->second.source().begin;
    // A table has no place of its own where only the headers of its children are written.
    const toml::source_position at = value_at ? value_at : found->first.source().begin;
    return child(found->second, place_of(shared->file, at), key_path);
  }
  if (required) fault(fmt::format("'{}' is missing", key_path), missing_hint(*open, key));
  return make({shared, nullptr, place, key_path, required});
}

std::string Node::Impl::string_value(const std::string& expected, const std::string& hint) const {
  if (!present()) return {};
  const auto* text = value->as_string();
  if (text == nullptr) {
    wrong_type(expected, hint);
    return {};
  }
  if (trim(text->get()).empty()) {
    fault(fmt::format("{} must be {}, found an empty string", name(), expected), hint);
    return {};
  }
  return text->get();
}

// Faults of a text inside a string: a column in it becomes a column of the file where the string
// stands there as it is, without escapes and on one line.
void Node::Impl::faults_of_text(const Faults& faults, std::string_view text) const {
  const std::string_view line = shared->line(place.line);
  const auto start = static_cast<std::size_t>(std::max(place.column, 1));
  const bool plain = start <= line.size() && line.substr(start).starts_with(text) &&
                     std::all_of(line.begin(), line.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  for (const Fault& inner : faults) {
    Place at = place;
    if (plain && inner.place.column > 0) at.column += inner.place.column;
    shared->add(at, name() + ": " + inner.message, inner.hint);
  }
}

std::optional<Measure> Node::Impl::measure() const {
  if (value != nullptr && value->is_number()) {
    const std::string number = number_text(value->value<double>().value_or(0));
    shared->mistyped.insert(value);
    fault(fmt::format("{} needs a unit, found {}", name(), number),
          fmt::format("write a number and its unit in quotes, as in \"{} mg\"", number));
    return std::nullopt;
  }
  const std::string text =
      string_value("a number with its unit", "write it in quotes, as in \"200 mg\"");
  if (text.empty()) return std::nullopt;
  Result<Measure> measure = parse_measure(text);
  if (measure.ok()) return std::move(*measure);
  faults_of_text(measure.faults(), text);
  return std::nullopt;
}

std::optional<Measure> Node::Impl::measure_of(const Dimension& expected) const {
  std::optional<Measure> read = measure();
  if (!read || read->unit.dimension == expected) return read;
  fault(fmt::format("{} must be {}, found {} in '{}'", name(), to_text(expected),
                    to_text(read->unit.dimension), read->unit.code),
        "use a unit of the expected kind");
  return std::nullopt;
}

Place Node::place() const {
  return impl_->place;
}
std::string Node::path() const {
  return impl_->path;
}
bool Node::exists() const {
  return impl_ != nullptr && impl_->value != nullptr;
}
Node Node::at(std::string_view key) {
  return impl_->look_up(key, true);
}
Node Node::find(std::string_view key) {
  return impl_->look_up(key, false);
}
bool Node::is_table() const {
  return exists() && impl_->value->is_table();
}
bool Node::is_array() const {
  return exists() && impl_->value->is_array();
}
bool Node::is_string() const {
  return exists() && impl_->value->is_string();
}
bool Node::is_number() const {
  return exists() && impl_->value->is_number();
}

std::vector<std::string> Node::keys() const {
  const toml::table* table = impl_->table();
  if (table == nullptr) return {};
  std::vector<const toml::key*> order;
  for (const auto& entry : *table) order.push_back(&entry.first);
  std::sort(order.begin(), order.end(), [](const toml::key* a, const toml::key* b) {
    return a->source().begin < b->source().begin;
  });
  std::vector<std::string> names;
  for (const toml::key* key : order) names.emplace_back(key->str());
  return names;
}

void Node::finish() {
  if (exists()) impl_->shared->report_unread_inside(*impl_->value, impl_->path);
}

std::vector<Node> Node::items() {
  if (impl_->value == nullptr) return {};
  const toml::array* array = impl_->value->as_array();
  if (array == nullptr) {
    impl_->wrong_type("an array", impl_->value->is_table() ? "write '[[...]]', or a list in '[ ]'"
                                                           : "write it in '[ ]'");
    return {};
  }
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const toml::node& item = (*array)[i];
    nodes.push_back(impl_->child(item, place_of(impl_->shared->file, item.source().begin),
                                 fmt::format("{}[{}]", impl_->path, i + 1)));
  }
  return nodes;
}

std::string Node::text() {
  return impl_->string_value("a string", "write it in quotes");
}

std::string Node::text_or(std::string fallback) {
  return exists() ? text() : std::move(fallback);
}

double Node::number() {
  if (!impl_->present()) return 0;
  const std::optional<double> number =
      impl_->value->is_number() ? impl_->value->value<double>() : std::nullopt;
  if (!number || !std::isfinite(*number)) {
    impl_->wrong_type("a number", is_string() ? "write it without quotes" : "");
    return 0;
  }
  return *number;
}

double Node::number_or(double fallback) {
  return exists() ? number() : fallback;
}

std::int64_t Node::integer() {
  if (!impl_->present()) return 0;
  if (const auto* whole = impl_->value->as_integer()) return whole->get();
  impl_->wrong_type("a whole number", is_string() ? "write it without quotes" : "");
  return 0;
}

std::int64_t Node::integer_or(std::int64_t fallback) {
  return exists() ? integer() : fallback;
}

bool Node::boolean_or(bool fallback) {
  if (!exists()) return fallback;
  if (const auto* truth = impl_->value->as_boolean()) return truth->get();
  impl_->wrong_type("true or false", is_string() ? "write it without quotes" : "");
  return fallback;
}

Date Node::date() {
  if (!impl_->present()) return {};
  if (const auto* date = impl_->value->as_date()) {
    if (date->get().year >= 1) {
      return date_from_civil(date->get().year, date->get().month, date->get().day);
    }
    impl_->wrong_type("a date from the year 1 on", {});
    return {};
  }
  const std::string text = impl_->string_value("a date", "write it as in 2013-05-29");
  if (text.empty()) return {};
  const Result<Date> date = parse_date(text);
  if (date.ok()) return *date;
  impl_->faults_of_text(date.faults(), text);
  return {};
}

std::vector<std::string> Node::texts() {
  std::vector<std::string> texts;
  for (Node& item : items()) texts.push_back(item.text());
  return texts;
}

std::vector<double> Node::numbers() {
  std::vector<double> numbers;
  for (Node& item : items()) numbers.push_back(item.number());
  return numbers;
}

Measure Node::measure() {
  return impl_->measure().value_or(Measure{});
}

Measure Node::measure_of(const Dimension& expected) {
  const std::optional<Measure> measure = impl_->measure_of(expected);
  return measure ? *measure : Measure{0, {"1", 1, expected}};
}

Minutes Node::duration() {
  Dimension time;
  time.exponent[static_cast<std::size_t>(BaseDimension::kTime)] = 1;
  const std::optional<Measure> measure = impl_->measure_of(time);
  if (!measure) return 0;
  const Result<Minutes> minutes = minutes_from_hours(measure->canonical);
  if (minutes.ok()) return *minutes;
  impl_->faults_of_text(minutes.faults(), {});
  return 0;
}

void Node::fault(std::string message, std::string hint) {
  impl_->fault(std::move(message), std::move(hint));
}

Document Document::parse(std::string text, std::string file) {
  Document document;
  document.shared_ = std::make_shared<Shared>(std::move(text), std::move(file));
  document.shared_->read();
  return document;
}

Document Document::load(const std::string& path) {
  Result<std::string> text = read_text(path);
  if (text.ok()) return parse(std::move(*text), path);
  Document document;
  document.shared_ = std::make_shared<Shared>("", path);
  document.shared_->faults.merge(text.faults());
  return document;
}

Node Document::root() {
  return Node::Impl::make({shared_, &shared_->table, {shared_->file, 0, 0}, "", false});
}

Faults& Document::faults() {
  return shared_->faults;
}
const std::string& Document::file() const {
  return shared_->file;
}

}  // namespace dosewright
