// A TOML document read strictly: every fault with its place, all of them at once.
//
// Node wraps one value of the document. Asking it for what it is not adds a fault and returns a
// harmless value, so that the reader of a file reads on to its end. When a table is closed (its
// Node's finish() is called), each key that nobody asked for, in it or in a table inside it, is a
// fault with the nearest known key; a table that nobody asked for is one fault. One call of
// root().finish() at the end is enough. The same fault at the same place is kept once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/base/unit.hpp"

namespace dosewright {

class Document;

class Node {
 public:
  Place place() const;
  std::string path() const;  // "region.hepatic.transition[2].when"; items count from 1
  bool exists() const;       // false for an optional key that is absent

  // Tables. at(): the key must exist. find(): it may be absent (exists() is false).
  Node at(std::string_view key);
  Node find(std::string_view key);
  bool is_table() const;
  std::vector<std::string> keys() const;  // in the order of the file
  void finish();                          // unread keys become faults

  // Arrays. An absent node has no items; a single value is not an array (a fault).
  std::vector<Node> items();
  bool is_array() const;
  bool is_string() const;
  bool is_number() const;

  std::string text();                         // a non-empty string
  std::string text_or(std::string fallback);  // for find()
  double number();
  double number_or(double fallback);
  std::int64_t integer();
  std::int64_t integer_or(std::int64_t fallback);
  bool boolean_or(bool fallback);
  Date date();                       // a TOML date or an ISO 8601 string
  std::vector<std::string> texts();  // an array of strings; absent: empty
  std::vector<double> numbers();     // an array of numbers; absent: empty
  Measure measure();                 // "200 mg"; a bare number is a fault that asks for a unit
  Measure measure_of(const Dimension& expected);  // ... and its dimension is checked
  Minutes duration();                             // "7 d", "1 wk"

  // A fault at this place.
  void fault(std::string message, std::string hint = {});

 private:
  friend class Document;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class Document {
 public:
  // Parses; a syntax fault is in faults() and root() is then an empty table.
  static Document parse(std::string text, std::string file);
  static Document load(const std::string& path);

  Node root();
  Faults& faults();
  const std::string& file() const;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  friend class Node;
};

}  // namespace dosewright
