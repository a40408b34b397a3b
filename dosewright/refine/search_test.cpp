#include "dosewright/refine/search.hpp"

#include <doctest/doctest.h>

#include "dosewright/refine/schedule.hpp"
#include "dosewright/refine/search_fixture_test.hpp"

namespace dosewright::refine {
namespace {

using fixture::Folder;

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Interval interval(const std::string& text) {
  Document document = Document::parse("at = \"" + text + "\"", "x.toml");
  const Interval read = read_interval(document.root().at("at"));
  CHECK_MESSAGE(document.faults().empty(), to_text(document.faults()));
  return read;
}

bool is_fault(const std::string& text) {
  Document document = Document::parse("at = \"" + text + "\"", "x.toml");
  read_interval(document.root().at("at"));
  return !document.faults().empty();
}

}  // namespace

TEST_CASE("intervals: durations, and so often a week") {
  CHECK(interval("1 wk").period == kMinutesPerWeek);
  CHECK(interval("36 h").period == 36 * 60);
  CHECK(interval("3/wk").offsets ==
        std::vector<Minutes>{0, 2 * kMinutesPerDay, 4 * kMinutesPerDay});
  CHECK(interval("2/wk").offsets == std::vector<Minutes>{0, 3 * kMinutesPerDay});
  for (const char* bad : {"0/wk", "8/wk", "x/wk", "30 min", "400 d", "3 mg", "weekly"}) {
    CAPTURE(bad);
    CHECK(is_fault(bad));
  }
}

TEST_CASE("the searches of the programme can be read") {
  const auto search = load_search(fixture::drug(), "two-years");
  REQUIRE_MESSAGE(search.ok(), (search.ok() ? "" : to_text(search.faults())));
  CHECK(search->objectives.size() == 6);
  CHECK(search->points.size() == 10);
  CHECK(search->constraints.size() == 4);
  const auto none = load_search(fixture::drug(), "two-jears");
  REQUIRE_FALSE(none.ok());
  CHECK(mentions(to_text(none.faults()), "did you mean 'two-years'"));
}

TEST_CASE("a constraint in words is the measure of that name, or one of its own") {
  const Search search = Folder().search();
  REQUIRE(search.constraints.size() == 2);
  CHECK(search.constraints[0].kind == Constraint::Kind::kInjectionsADay);
  CHECK(search.constraints[0].limit == 1);
  CHECK(search.constraints[1].limit == 90);
  const Quantity& confirmed =
      search.quantities[static_cast<std::size_t>(search.constraints[1].quantity)];
  CHECK(confirmed.name == "alt3_confirmed");
  CHECK(confirmed.unit == "%");
  const Folder known({{"confirmed ALT >= 3 ULN in at most 90 %", "ALT >= 5 ULN in at most 10 %"}});
  CHECK(known.search().quantities.back().name == "alt5");
  const Folder other({{"confirmed ALT >= 3 ULN in at most 90 %", "ALT >= 4 ULN in at most 10 %"}});
  CHECK(other.search().quantities.back().title == "ALT 4 x ULN or more");
  const Folder named({{"confirmed ALT >= 3 ULN in at most 90 %", "ldl at most -5 %"}});
  CHECK(named.search().constraints[1].limit == -5);
}

TEST_CASE("every fault of a search is told at once, each with its place") {
  const Folder folder({{"profile = \"label\"", "profile = \"lable\""},
                       {"\"50 mg\", \"200 mg\"", "\"50 h\", \"200 mg\""},
                       {"\"2 wk\", \"1 wk\"", "\"9/wk\", \"1 wk\""},
                       {"measure = \"isr_per_week\"", "measure = \"isr_per_wek\""},
                       {"regimen = \"200mg-qw\"", "regimen = \"200mg-wq\""},
                       {"at most one injection a day", "at most one injection a dai"},
                       {"confirmed ALT >= 3", "confirmed ATL >= 3"},
                       {"better = \"less\"", "better = \"fewer\""}});
  const std::string faults = folder.faults();
  for (const char* part : {"did you mean 'label'", "must be mass", "9/wk",
                           "did you mean 'isr_per_week'", "did you mean '200mg-qw'",
                           "no constraint is written like this", "did you mean 'ALT'", "fewer"}) {
    CAPTURE(part);
    CHECK_MESSAGE(mentions(faults, part), faults);
  }
  CHECK(mentions(faults, "search.toml:6:"));
}

TEST_CASE("units and measures that cannot be searched by") {
  CHECK(mentions(Folder({{"in at most 90 %", "in at most 900 %"}}).faults(), "between 0 and 100"));
  CHECK(
      mentions(Folder({{"confirmed ALT >= 3 ULN in at most 90 %", "ldl at most 3 mg/dL"}}).faults(),
               "is told in '%', found 'mg/dL'"));
  CHECK(mentions(Folder({{"summary = \"mean\"", "summary = \"median\""}}).faults(),
                 "neither a mean nor a share nor a rate"));
  CHECK(
      mentions(Folder({{"confirmed ALT", "confirmed LDL"}}).faults(), "no upper limit of normal"));
  CHECK(mentions(Folder({{"design = \"", "design = \"phase3\" #"}}).faults(), "set of trials"));
}

TEST_CASE("an empty space names the constraint and what comes nearest") {
  const Folder folder({{"\"2 wk\", \"1 wk\"", "\"12 h\", \"8 h\""}});
  const std::string faults = folder.faults();
  CHECK(mentions(faults, "no schedule of the space meets 'at most one injection a day'"));
  CHECK(mentions(faults, "the nearest is '50 mg every 12 h' with 2"));
  CHECK(mentions(faults, "search.toml:8:"));
}

TEST_CASE("places of the space: doses, loading, step-down") {
  const Search search =
      Folder({{"interval = [\"2 wk\", \"1 wk\"]",
               "interval = [\"2 wk\", \"1 wk\"]\n"
               "loading = [\"none\", { dose = \"150 %\", for = \"2 wk\" }]\n"
               "step_down = [\"none\", { dose = \"50 %\", from = \"4 wk\" }]\n"
               "monitoring = { schedules = [\"hepatic-first-year\"], every = [\"2 wk\"] }"}})
          .search();
  CHECK(sizes_of(search.space) == Coordinates{2, 2, 2, 2, 1, 1});
  const Schedule schedule = schedule_at(search, {1, 1, 1, 1, 0, 0});
  CHECK(text_of(schedule) ==
        "300 mg every 1 wk; 200 mg every 1 wk from 2 wk; 100 mg every 1 wk from 4 wk");
  CHECK(schedule.name == "200 mg every 1 wk, load 150 % for 2 wk, then 50 % from 4 wk, tests 2 wk");
  CHECK(structural_value(Constraint::Kind::kMgAnInjection, schedule) == 300);
  CHECK(structural_value(Constraint::Kind::kMgAWeek, schedule) == 300);
  CHECK(structural_value(Constraint::Kind::kInjectionsADay, schedule) == 1);
  CHECK(broken_by(search, schedule) == -1);
  CHECK(key_of(schedule) != key_of(schedule_at(search, {1, 1, 1, 0, 0, 0})));
}

TEST_CASE("a range of doses, and a point that is a place of the space") {
  const Search search = Folder({{"[\"50 mg\", \"200 mg\"]",
                                 "{ from = \"50 mg\", to = \"200 mg\", step = \"50 mg\" }"}})
                            .search();
  CHECK(search.space.doses_mg.size() == 4);
  const Schedule point = schedule_of(fixture::drug(), search, 0, 0);
  CHECK(point.phases.front().regimen.lighter.empty());  // the label has no lighter dose
  CHECK(key_of(point) == key_of(schedule_at(search, {3, 1, 0, 0, 0, 0})));
}

}  // namespace dosewright::refine
