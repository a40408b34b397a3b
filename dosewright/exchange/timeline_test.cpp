#include "dosewright/exchange/timeline.hpp"

#include <doctest/doctest.h>

#include "dosewright/exchange/json_stream.hpp"

namespace dosewright::exchange {
namespace {

struct Got {
  std::vector<Entry> entries;
  Reading reading;
  std::string faults() const { return to_text(reading.faults); }
};

Got csv(std::string_view text) {
  Got got;
  got.reading =
      read_csv_timeline(text, "p.csv", [&](Entry&& e) { got.entries.push_back(std::move(e)); });
  return got;
}

Got json(std::string_view text) {
  Got got;
  got.reading =
      read_json_timeline(text, "p.json", [&](Entry&& e) { got.entries.push_back(std::move(e)); });
  return got;
}

void says(const Got& got, const std::string& part) {
  CHECK_MESSAGE(got.faults().find(part) != std::string::npos, "expected '", part, "' in:\n",
                got.faults());
}

TEST_CASE("wall clocks: the offset is dropped, the minute stays") {
  const Minutes day = 15857 * kMinutesPerDay;  // 2013-06-01
  CHECK(*parse_wall_clock("2013-06-01") == day);
  CHECK(*parse_wall_clock("2013-06-01T08:30") == day + 510);
  CHECK(*parse_wall_clock("2013-06-01T08:30:59+02:00") == day + 510);
  CHECK(*parse_wall_clock("2013-06-01T08:30:00.125Z") == day + 510);
  CHECK(clock_text(day + 510) == "2013-06-01 08:30");
  CHECK(clock_text(day) == "2013-06-01");
  for (const char* bad : {"", "2013", "2013-06", "2013-02-30", "1.6.2013", "2013-06-01T8:30",
                          "2013-06-01T24:00", "2013-06-01T08:30+15:00", "2013-06-01T08:30:60"}) {
    CHECK_MESSAGE(!parse_wall_clock(bad).ok(), bad);
  }
}

TEST_CASE("own CSV: every kind of entry") {
  const Got got =
      csv("date,kind,code,value,unit,uln,lln,until,text\n"
          "1970-01-31,birth,,,,,,,\n"
          ",sex,F,,,,,,\n"
          "2013-05-01,lab,LOINC:1742-6,32,U/L,41,,,\n"
          "2013-05-01T09:00,dose,,200,mg,,,,left thigh\n"
          "2013-05-08,missed,,,,,,,\n"
          "2013-05-02,symptom,nausea,,,,,2013-05-04,\n"
          "2013-05-02,fact,hofh,no,,,,,\n"
          "2013-05-02,weight,,48.5,kg,,,,\n"
          "2013-05-03,reaction,injection_site_reaction,2,,,,,\n"
          "2013-05-03,medication,acetaminophen,4.5,g/d,,,,on 3 d/wk\n"
          "2013-05-03,intake,RxNorm:161,1,g,,,,\n");
  CHECK_MESSAGE(got.reading.faults.empty(), got.faults());
  REQUIRE(got.entries.size() == 11);
  CHECK(got.entries[2].codes[0].system == "LOINC");
  CHECK(*got.entries[2].uln == 41);
  CHECK(got.entries[3].kind == EntryKind::kDose);
  CHECK(got.entries[5].until.has_value());
  CHECK(!got.entries[6].present);
  CHECK(got.entries[7].codes[0].value == "weight");
  CHECK(got.entries[9].days_per_week == 3);
  CHECK(got.entries[10].codes[0].value == "161");
}

TEST_CASE("own CSV and JSON: a place on the body by words or by a code") {
  const Got got =
      csv("date,kind,code,value,unit,site\n"
          "2013-05-01,dose,,200,mg,left thigh\n"
          "2013-05-08,dose,,200,mg,HL7:RT\n"
          "2013-05-09,reaction,injection_site_reaction,2,,\n");
  CHECK_MESSAGE(got.reading.faults.empty(), got.faults());
  REQUIRE(got.entries.size() == 3);
  CHECK(got.entries[0].site.at(0).value == "left thigh");
  CHECK(got.entries[1].site.at(0).system == "HL7");
  CHECK(got.entries[1].site.at(0).value == "RT");
  CHECK(got.entries[2].site.empty());
}

TEST_CASE("own CSV: all faults at once, each with place and way out") {
  const Got got =
      csv("date,kind,code,value,unit\n"
          "2013-13-01,lab,ALT,30,U/L\n"
          "2013-05-01,labb,ALT,30,U/L\n"
          "2013-05-01,lab,,30,U/L\n"
          "2013-05-01,lab,ALT,,U/L\n"
          "2013-05-01,lab,ALT,\"1,5\",U/L\n"
          "2013-05-01,lab,ALT,<5,U/L\n");
  CHECK(got.reading.faults.size() == 6);
  says(got, "p.csv:2");
  says(got, "did you mean 'lab'?");
  says(got, "this entry says not what it is about");
  says(got, "the value is missing");
  says(got, "write a decimal point, not a comma");
  says(got, "beyond the range of the assay");
  CHECK(got.entries.empty());
}

TEST_CASE("own CSV: columns") {
  says(csv("date,kind,vlaue\n"), "did you mean 'value'?");
  says(csv("date,value\n"), "the column 'kind' is missing");
  says(csv("date,kind,value,value\n"), "the column 'value' stands twice (p.csv:1:4)");
}

TEST_CASE("own CSV: of very many unknown columns so many are listed") {
  std::string header = "date,kind";
  for (int i = 0; i < 300; ++i) header += ",q";
  const Got got = csv(header + "\n");
  CHECK(got.reading.faults.size() == kMostFaults + 1);
  says(got, "100 more faults are not listed here");
}

TEST_CASE("own JSON is the same with names") {
  const Got got = json(R"({"patient": "A-1", "birth": "1970-01-31", "sex": "M", "facts": [
    {"date": "2013-05-01", "kind": "lab", "code": "ALT", "value": 32.5, "unit": "U/L", "uln": 41},
    {"date": "2013-05-01", "kind": "fact", "code": "hofh", "value": true}]})");
  CHECK_MESSAGE(got.reading.faults.empty(), got.faults());
  CHECK(got.reading.patient == "A-1");
  REQUIRE(got.entries.size() == 4);
  CHECK(*got.entries[2].value == 32.5);
  CHECK(got.entries[2].pointer == "/facts/0");
  CHECK(got.entries[3].present);
}

TEST_CASE("own JSON: wrong types, unknown keys, broken text") {
  says(json(R"({"facts": [{"date": 2013, "kind": "lab"}]})"), "/facts/0/date: expected a text");
  says(json(R"({"facts": [{"dtae": "2013-05-01"}]})"), "/facts/0/dtae: unknown key");
  says(json(R"({"facts": {}})"), "/facts: expected an array");
  says(json(R"({"facts": [1]})"), "/facts/0: expected an object");
  says(json(R"({"facts": [{"date": "2013-05-01")"), "was it cut off?");
  says(json("[]"), "expected an object '{' at the top");
  says(json(R"({"patient": 3})"), "expected a text");
  says(json(R"({"facts": [{,}]})"), "no JSON value");
}

TEST_CASE("a depth bomb is a fault, not a stack") {
  std::string bomb = R"({"facts": [)" + std::string(1'000'000, '[');
  says(json(bomb), "nested more than 64 deep");
  bomb = R"({"x": )" + std::string(1'000'000, '{');
  says(json(bomb), "nested more than 64 deep");
}

TEST_CASE("a file that is too large or missing is not read") {
  CHECK(to_text(read_json_file("/nowhere.json").faults()).find("cannot be read") !=
        std::string::npos);
  const Reading none = read_timeline("/nowhere.csv", [](Entry&&) {}, {});
  CHECK(to_text(none.faults).find("cannot be read") != std::string::npos);
}

TEST_CASE("rows are handed on one at a time") {
  std::string text = "date,kind,code,value,unit,uln\n";
  constexpr int kRows = 200'000;
  for (int i = 0; i < kRows; ++i) text += "2013-05-01,lab,ALT,30,U/L,41\n";
  std::int64_t count = 0;
  const Reading reading = read_csv_timeline(text, "p.csv", [&](Entry&&) { ++count; });
  CHECK(reading.faults.empty());
  CHECK(count == kRows);
}

}  // namespace
}  // namespace dosewright::exchange
