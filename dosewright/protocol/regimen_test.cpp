#include "dosewright/protocol/regimen.hpp"

#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

std::vector<Regimen> read(const std::string& toml, Faults& faults,
                          const std::vector<std::string>* sources = nullptr) {
  Document document = Document::parse(toml, "regimens.toml");
  std::vector<Regimen> regimens = parse_regimens(document.root(), sources);
  faults = document.faults();
  return regimens;
}

constexpr const char* kGood = R"toml(
[[regimen]]
id = "70mg-tiw"
title = "70 mg three times a week"
amount = "70 mg"
every = "1 wk"
offsets = ["0 d", "2 d", "4 d"]
source = "S1, dosing"
[[regimen]]
id = "200mg-qw"
title = "200 mg once weekly"
amount = "0.2 g"
every = "7 d"
lighter = { below = "50 kg", regimen = "160mg-qw" }
source = "S1; assumed, because a; b"
note = "n"
[[regimen]]
id = "160mg-qw"
title = "160 mg once weekly"
amount = "160 mg"
every = "1 wk"
source = "assumed, because it is a test"
)toml";

}  // namespace

TEST_CASE("regimens are read with their units") {
  Faults faults;
  const std::vector<std::string> sources = {"S1"};
  const std::vector<Regimen> regimens = read(kGood, faults, &sources);
  REQUIRE_MESSAGE(faults.empty(), to_text(faults));
  CHECK(find_regimen(regimens, "70mg-tiw")->weekly_mg() == doctest::Approx(210));
  const Regimen* weekly = find_regimen(regimens, "200mg-qw");
  REQUIRE(weekly != nullptr);
  CHECK(weekly->amount_mg == doctest::Approx(200));
  CHECK(weekly->offsets == std::vector<Minutes>{0});
  CHECK(weekly->below_weight_kg == doctest::Approx(50));
  CHECK(weekly->lighter == "160mg-qw");
  CHECK(find_regimen(regimens, "none") == nullptr);
}

TEST_CASE("every fault of the regimens is told at once") {
  Faults faults;
  const std::vector<std::string> sources = {"S1"};
  std::string bad = with(kGood, "\"2 d\", \"4 d\"", "\"9 d\", \"4 d\", \"1 d\"");
  bad = with(bad, "regimen = \"160mg-qw\"", "regimen = \"160mg-qd\"");
  bad = with(bad, "0.2 g", "-0.2 g");
  bad = with(bad, "assumed, because it is a test", "assumed");
  bad = with(bad, "S1, dosing", "S2, dosing");
  bad += "[[regimen]]\nid = 'x'\ntitle = 'x'\namount = '1 mg'\nevery = '0 d'\nsource = 'S1'\n";
  bad +=
      "[[regimen]]\nid = 'x'\ntitle = 'x'\namount = '1 L'\nevery = '1 d'\nsource = 'S1'\nq = 1\n";
  read(bad, faults, &sources);
  INFO(to_text(faults));
  CHECK(has_fault(faults, "all within `every` (7 d), found 9 d"));
  CHECK(has_fault(faults, "found 1 d"));
  CHECK(has_fault(faults, "no regimen '160mg-qd'"));
  CHECK(has_fault(faults, "cannot be negative"));
  CHECK(has_fault(faults, "an assumption must say why"));
  CHECK(has_fault(faults, "found 'S2'"));
  CHECK(has_fault(faults, "longer than nothing"));
  CHECK(has_fault(faults, "two regimens 'x'"));
  CHECK(has_fault(faults, "q' is not a known key"));
  CHECK(faults.size() == 10);
}

TEST_CASE("a lighter patient gets less") {
  Faults faults;
  read(with(kGood, "160 mg\"", "210 mg\""), faults);
  CHECK(has_fault(faults, "not less than the 200 mg"));
}

TEST_CASE("the next dose of a schedule, on and between its instants") {
  const Regimen tiw = make_regimen("70mg-tiw", 70, {0, 2 * kDay, 4 * kDay});
  const Minutes start = 600;
  const struct {
    Minutes after, expected;
  } rows[] = {{-9999, start},
              {start, start},
              {start + 1, start + 2 * kDay},
              {start + 2 * kDay, start + 2 * kDay},
              {start + 4 * kDay + 1, start + kWeek},
              {start + kWeek, start + kWeek},
              {start + 52 * kWeek + 3 * kDay, start + 52 * kWeek + 4 * kDay}};
  for (const auto& row : rows) CHECK(next_dose(tiw, start, row.after) == row.expected);
}

TEST_CASE("a missed dose may be made up while three days remain to the next") {
  const Regimen weekly = make_regimen("200mg-qw", 200);
  CHECK(latest_make_up(weekly, 0, 2 * kWeek, 3 * kDay) == 2 * kWeek + 4 * kDay);
  CHECK(latest_make_up(weekly, 0, 2 * kWeek, 0) == 3 * kWeek);
  const Regimen daily = make_regimen("30mg-qd", 30, {0}, kDay);
  CHECK_FALSE(latest_make_up(daily, 0, 2 * kWeek, 3 * kDay).has_value());
  const Regimen tiw = make_regimen("70mg-tiw", 70, {0, 2 * kDay, 4 * kDay});
  CHECK_FALSE(latest_make_up(tiw, 0, 4 * kDay, 3 * kDay).has_value());
  CHECK(latest_make_up(tiw, 0, 4 * kDay, 2 * kDay) == 5 * kDay);
}
