#include "dosewright/base/document.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <ctime>

namespace dosewright {
namespace {

// "line:column message" of each fault, for comparisons.
std::vector<std::string> told(Document& document) {
  std::vector<std::string> lines;
  for (const Fault& fault : document.faults()) {
    lines.push_back(std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) +
                    " " + fault.message);
  }
  return lines;
}

using Lines = std::vector<std::string>;

TEST_CASE("a document is read without faults") {
  Document document = Document::parse(R"(
title = "Hepatic"
limit = 2.5
count = 3
on = true
dose = "200 mg"
due = "26 wk"
since = 2013-01-29
until = "2014-02-28"
names = ["a", "b"]
values = [1, 2.5]

[region.hepatic]
initial = "treating"

[[region.hepatic.transition]]
when = "ALT >= 3 ULN"
[[region.hepatic.transition]]
when = "AST >= 3 ULN"
)",
                                      "p.toml");
  Node root = document.root();
  CHECK(root.at("title").text() == "Hepatic");
  CHECK(root.at("limit").number() == 2.5);
  CHECK(root.at("count").number() == 3);
  CHECK(root.at("count").integer() == 3);
  CHECK(root.at("on").boolean_or(false));
  CHECK(root.at("dose").measure().canonical == 200);
  CHECK(root.at("dose").measure_of(Dimension{{1}}).unit.code == "mg");
  CHECK(root.at("due").duration() == 26 * kMinutesPerWeek);
  CHECK(to_text(root.at("since").date()) == "2013-01-29");
  CHECK(to_text(root.at("until").date()) == "2014-02-28");
  CHECK(root.at("names").texts() == Lines{"a", "b"});
  CHECK(root.at("values").numbers() == std::vector<double>{1, 2.5});
  Node hepatic = root.at("region").at("hepatic");
  CHECK(hepatic.path() == "region.hepatic");
  CHECK(hepatic.at("initial").text() == "treating");
  auto transitions = hepatic.at("transition").items();
  REQUIRE(transitions.size() == 2);
  Node when = transitions[1].at("when");
  CHECK(when.text() == "AST >= 3 ULN");
  CHECK(when.path() == "region.hepatic.transition[2].when");
  CHECK(to_text(when.place()) == "p.toml:19:8");
  CHECK(transitions[0].at("when").is_string());
  root.finish();
  CHECK(told(document) == Lines{});
}

TEST_CASE("what is absent and optional takes its fallback") {
  Document document = Document::parse("a = 1\n", "p.toml");
  Node root = document.root();
  CHECK(root.find("a").integer_or(7) == 1);
  CHECK(!root.find("b").exists());
  CHECK(root.find("b").text_or("none") == "none");
  CHECK(root.find("b").number_or(2.5) == 2.5);
  CHECK(root.find("b").integer_or(7) == 7);
  CHECK(root.find("b").boolean_or(true));
  CHECK(root.find("b").texts().empty());
  CHECK(root.find("b").numbers().empty());
  CHECK(root.find("b").items().empty());
  CHECK(root.find("b").keys().empty());
  CHECK(!root.find("b").is_table());
  CHECK(!root.find("b").find("c").exists());
  CHECK(root.find("b").at("c").number() == 0);  // nothing to say: the table is optional
  root.finish();
  CHECK(told(document) == Lines{});
}

TEST_CASE("every fault is reported, each once and with its place") {
  Document document = Document::parse(R"(title = 5
limit = "high"
count = 2.5
on = "yes"
dose = 200
size = "200 mcg"
due = "7 mg"
since = "2013-02-30"
names = ["a", 2, ""]
values = "1, 2"
region = []
whole = nan
)",
                                      "p.toml");
  Node root = document.root();
  for (int twice = 0; twice < 2; ++twice) {
    CHECK(root.at("title").text() == "");
    CHECK(root.at("limit").number() == 0);
    CHECK(root.at("count").integer() == 0);
    CHECK(root.at("on").boolean_or(true));
    CHECK(root.at("dose").measure().canonical == 0);
    CHECK(root.at("size").measure_of(Dimension{{1}}).canonical == 0);
    CHECK(root.at("due").duration() == 0);
    CHECK(root.at("since").date() == Date{});
    CHECK(root.at("names").texts().size() == 3);
    CHECK(root.at("values").numbers().empty());
    CHECK(!root.at("region").at("hepatic").exists());
    CHECK(root.at("whole").number() == 0);
    CHECK(!root.at("missing").exists());
    root.finish();
  }
  CHECK(told(document) ==
        Lines{
            "1:9 'title' must be a string, found the number 5",
            "2:9 'limit' must be a number, found 'high'",
            "3:9 'count' must be a whole number, found the number 2.5",
            "4:6 'on' must be true or false, found 'yes'",
            "5:8 'dose' needs a unit, found 200",
            "6:13 'size': unit 'mcg': 'mcg' is not a known unit",
            "7:7 'due' must be time (h), found mass (mg) in 'mg'",
            "8:9 'since': expected a date, found '2013-02-30': there is no such day",
            "9:15 'names[2]' must be a string, found the number 2",
            "9:18 'names[3]' must be a string, found an empty string",
            "10:10 'values' must be an array, found '1, 2'",
            "11:10 'region' must be a table, found an array",
            "12:9 'whole' must be a number, found the number nan",
            "0:0 'missing' is missing",
        });
}

TEST_CASE("a fault quotes its line and offers a way out") {
  Document document = Document::parse("[a]\n\tdose = \"200 mcg\"\n", "p.toml");
  document.root().at("a").at("dose").measure();
  REQUIRE(document.faults().size() == 1);
  CHECK(to_text(document.faults()[0]) ==
        "'a.dose': unit 'mcg': 'mcg' is not a known unit (p.toml:2:14)\n"
        "     dose = \"200 mcg\"\n"
        "                 ^\n"
        "  hint: write 'ug'");
}

TEST_CASE("keys that nobody asked for are faults with the nearest known key") {
  Document document = Document::parse(R"([rule]
whne = "ALT >= 3 ULN"
then = 1
[rule.extra]
x = 1
y = 2
[[list]]
known = 1
[[list]]
knwon = 1
)",
                                      "p.toml");
  Node root = document.root();
  root.at("rule").at("when");
  root.at("rule").at("then").number();
  for (Node& item : root.at("list").items()) item.find("known").number_or(0);
  root.finish();
  CHECK(told(document) == Lines{
                              "1:1 'rule.when' is missing",
                              "10:1 'list[2].knwon' is not a known key",
                              "4:7 'rule.extra' is not a known key",
                              "2:1 'rule.whne' is not a known key",
                          });
  CHECK(document.faults()[0].hint == "'whne' is there: was 'when' meant?");
  CHECK(document.faults()[1].hint == "did you mean 'known'?");
  CHECK(document.faults()[2].hint == "known here: then, when");
  CHECK(document.faults()[3].hint == "did you mean 'when'?");
}

TEST_CASE("a table that was asked for but not read is not silently accepted") {
  Document document = Document::parse("[a]\nx = 1\n", "p.toml");
  document.root().at("a");
  document.root().finish();
  CHECK(told(document) == Lines{"2:1 'a.x' is not a known key"});
}

TEST_CASE("keys come in the order of the file") {
  Document document = Document::parse("z = 1\n[m]\nk = 1\n[a]\n[b.c]\n", "p.toml");
  CHECK(document.root().keys() == Lines{"z", "m", "a", "b"});
  Document inner = Document::parse("t = { z = 1, a = 2, \"m n\" = 3 }\n", "p.toml");
  CHECK(inner.root().at("t").keys() == Lines{"z", "a", "m n"});
  CHECK(inner.root().at("t").at("m n").path() == "t.\"m n\"");
}

TEST_CASE("a fault of the reader's own") {
  Document document = Document::parse("a = 1\n", "p.toml");
  document.root().at("a").fault("'a' must be even", "write 2");
  CHECK(to_text(document.faults()[0]) ==
        "'a' must be even (p.toml:1:5)\n    a = 1\n        ^\n  hint: write 2");
}

TEST_CASE("a syntax fault has its place, and the root is then empty") {
  for (const char* bad : {"a = 1\nb = = 2\n", "a = 1\nb = \"open\n", "a = 1\n[b\n",
                          "a = 1\na = 2\n", "a = 1\nb = 1979-02-30\n"}) {
    CAPTURE(std::string(bad));
    Document document = Document::parse(bad, "p.toml");
    REQUIRE(document.faults().size() == 1);
    CHECK(document.faults()[0].message.starts_with("not valid TOML: "));
    CHECK(document.faults()[0].place.line >= 2);
    CHECK(!document.faults()[0].quote.empty());
    CHECK(document.root().keys().empty());
  }
  CHECK(Document::parse("a = \"\xFF\"\n", "p.toml").faults().size() == 1);
}

TEST_CASE("a document that cannot be loaded has the fault of the file") {
  Document document = Document::load("/no/such/file.toml");
  REQUIRE(document.faults().size() == 1);
  CHECK(document.file() == "/no/such/file.toml");
  CHECK(document.root().keys().empty());
}

std::string repeated(const std::string& piece, std::size_t times) {
  std::string text;
  text.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

// Time on the clock would measure what else the machine does.
double processor_seconds_since(std::clock_t start) {
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

TEST_CASE("hostile nesting is refused quickly") {
  constexpr std::size_t kMany = 1 << 20;
  const std::string hostile[] = {
      std::string(kMany, '['),
      "a = " + std::string(kMany, '['),
      "a = " + repeated("{a=", kMany / 3),
      repeated("a.", kMany / 2) + "a = 1",
      "[" + repeated("a.", kMany / 2) + "a]",
      "[[" + repeated("\"a\" . ", kMany / 6) + "a]]",
      "x = { " + repeated("'a'.", kMany / 4) + "a = 1 }",
  };
  for (const std::string& text : hostile) {
    const std::clock_t start = std::clock();
    Document document = Document::parse(text, "p.toml");
    const double seconds = processor_seconds_since(start);
    REQUIRE(document.faults().size() == 1);
    CHECK(document.faults()[0].message == "the document is nested too deeply");
    CHECK(seconds < 1);
  }
}

TEST_CASE("the deepest document that is allowed is read to its end") {
  const std::string dots = repeated("a.", 31) + "a = ";
  Document document =
      Document::parse(repeated(dots + "{", 63) + "x = [1]" + repeated("}", 63), "p");
  CHECK(document.faults().empty());
  Node node = document.root();
  while (node.is_table()) node = node.at(node.keys()[0]);
  CHECK(node.numbers() == std::vector<double>{1});
  document.root().finish();
  CHECK(document.faults().empty());
}

TEST_CASE("brackets and dots in strings and comments do not count as nesting") {
  const std::string many = repeated("[{.", 200);
  const std::string text = "# " + many + "\na = \"" + many + "\\\"" + many + "\"\nb = '" + many +
                           "\\'\nc = \"\"\"\n" + many + "\"\" \n" + many + "\"\"\"\"\nd = '''" +
                           many + "'''\ne = [1.5, 2.5]\n";
  Document document = Document::parse(text, "p.toml");
  CHECK(told(document) == Lines{});
  CHECK(document.root().keys().size() == 5);
}

TEST_CASE("many unknown keys are reported in time that grows with the file") {
  std::string text = "known = 1\n";
  for (int i = 0; i < 20000; ++i) text += "key" + std::to_string(i) + " = 1\n";
  Document document = Document::parse(text, "p.toml");
  document.root().at("known").number();
  const std::clock_t start = std::clock();
  document.root().finish();
  const double seconds = processor_seconds_since(start);
  CHECK(document.faults().size() == 20000);
  CHECK(seconds < 5);
}

TEST_CASE("any text is read or refused, never more") {
  const bool held = rc::check([] {
    const auto piece =
        rc::gen::element<std::string>("a", ".", "=", "[", "]", "{", "}", "\"", "'", "\n", " ", "1",
                                      "#", "\\", ",", "2013-01-01", "true", "\xC2\xB5", "\xFF");
    const auto parts = *rc::gen::container<std::vector<std::string>>(piece);
    std::string text;
    for (const std::string& part : parts) text += part;
    Document document = Document::parse(text, "p.toml");
    Node root = document.root();
    for (const std::string& key : root.keys()) root.at(key).measure();
    root.finish();
    for (const Fault& fault : document.faults()) RC_ASSERT(!fault.message.empty());
  });
  CHECK(held);
}

}  // namespace
}  // namespace dosewright
