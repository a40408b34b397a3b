// The search on short trials of the first programme.
#include "dosewright/refine/race.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dosewright/refine/search_fixture_test.hpp"
#include "dosewright/refine/write.hpp"

namespace dosewright::refine {
namespace {

using fixture::Folder;

Found find(const Search& search, std::uint64_t seed, int threads, int patients = 100) {
  SearchOptions options;
  options.seed = seed;
  options.threads = threads;
  options.patients = patients;
  auto found = find_schedules(fixture::drug(), search, options);
  REQUIRE_MESSAGE(found.ok(), (found.ok() ? "" : to_text(found.faults())));
  CHECK_FALSE(found->interrupted);
  CHECK(found->failed == 0);
  return std::move(*found);
}

const Candidate& named(const Found& found, const std::string& name) {
  const auto at = std::find_if(found.candidates.begin(), found.candidates.end(),
                               [&](const auto& one) { return one.schedule.name == name; });
  REQUIRE_MESSAGE(at != found.candidates.end(), name);
  return *at;
}

std::string bytes(const Search& search, const Found& found) {
  const SearchFacts facts{&fixture::drug(), "test", 1};
  return pareto_csv(search, found) + candidates_csv(search, found) + page(search, found, facts) +
         summary_json(search, found, facts).dump() + terminal_table(search, found);
}

}  // namespace

TEST_CASE("a search finds the front, and a point takes its place in the space") {
  const Search search = Folder().search();
  const Found found = find(search, 1, 0);
  CHECK(found.candidates.size() == 4);  // the point is one of the four places
  CHECK(found.space == 4);
  const Candidate& weekly = named(found, "weekly");
  CHECK(weekly.schedule.in_space);
  CHECK(weekly.sample.patients() == 100);
  // More drug lowers LDL-C more and causes more reactions: both ends belong to the front.
  const Candidate& least = named(found, "50 mg every 2 wk");
  CHECK(weekly.on_front);
  CHECK(least.on_front);
  CHECK(weekly.estimates[0].value < least.estimates[0].value);
  CHECK(weekly.estimates[1].value > least.estimates[1].value);
  CHECK(infeasible_faults(search, found).empty());
}

TEST_CASE("the same seed gives the same bytes for any number of threads") {
  const Search search = Folder().search();
  const std::string one = bytes(search, find(search, 1, 1));
  CHECK(one == bytes(search, find(search, 1, 3)));
  CHECK(one != bytes(search, find(search, 2, 3)));
}

TEST_CASE("common random numbers: a difference is told with a smaller error than between others") {
  const Search search = Folder().search();
  const Found first = find(search, 1, 0);
  const Found second = find(search, 2, 0);
  const Sample& a = named(first, "weekly").sample;
  const Sample& same = named(first, "200 mg every 2 wk").sample;
  const Sample& others = named(second, "200 mg every 2 wk").sample;
  const Difference common = difference_of(a, same, 0);
  const Difference apart = difference_of(a, others, 0, false);
  CHECK(common.error > 0);
  CHECK(common.error < 0.7 * apart.error);
  // Not by the formula alone: the differences themselves scatter less over seeds.
  double squares_common = 0;
  double squares_apart = 0;
  for (std::uint64_t seed = 3; seed < 9; ++seed) {
    const Found found = find(search, seed, 0);
    const Sample& here = named(found, "weekly").sample;
    const double centre = common.value;
    squares_common += std::pow(
        difference_of(here, named(found, "200 mg every 2 wk").sample, 0).value - centre, 2);
    squares_apart += std::pow(difference_of(here, same, 0, false).value - centre, 2);
  }
  CHECK(squares_common < squares_apart);
}

TEST_CASE("a phase that follows is really given: the step-down has the first weeks of its twin") {
  const Search search = Folder({{"[[point]]",
                                 "[[point]]\nname = \"then less\"\nregimen = \"200mg-qw\"\n"
                                 "later = [{ from = \"3 wk\", regimen = \"50mg-qw\" }]\n"
                                 "assumed = \"a test\"\n[[point]]"}})
                            .search();
  const Found found = find(search, 1, 0);
  const double full = named(found, "weekly").estimates[1].value;
  const double less = named(found, "then less").estimates[1].value;
  const double fifty = named(found, "50 mg every 1 wk").estimates[1].value;
  CHECK(less < full);
  CHECK(less > fifty);
}

TEST_CASE("tests more often are really drawn, and named points stay as the profile has it") {
  const Search search =
      Folder({{"interval = [\"2 wk\", \"1 wk\"]",
               "interval = [\"1 wk\"]\nmonitoring = { schedules = [\"hepatic-first-year\"], "
               "every = [\"as the profile\", \"1 wk\"] }"},
              {"[[measure]]",
               "[[objective]]\nmeasure = \"tests\"\nbetter = \"neither\"\n[[measure]]\n"
               "name = \"tests\"\ntitle = \"ALT tests\"\nunit = \"tests\"\n"
               "outcome = { measure = \"readings\", lab = \"ALT\" }\nsummary = \"mean\"\n"
               "[[measure]]"}})
          .search();
  const Found found = find(search, 1, 0);
  const auto tests = [&](const std::string& name) {
    return named(found, name).estimates[static_cast<std::size_t>(search.shown.front())].value;
  };
  CHECK(tests("weekly") < 2.5);  // one at week 4, and repeats
  CHECK(tests("200 mg every 1 wk, tests 1 wk") > 4.5);
}

TEST_CASE("a constraint that nobody keeps is named with what comes nearest") {
  const Folder folder({{"confirmed ALT >= 3 ULN in at most 90 %", "ldl at most -99 %"}});
  const Search search = folder.search();
  const Found found = find(search, 1, 0);
  CHECK(found.front().empty());
  const std::string faults = to_text(infeasible_faults(search, found));
  CHECK(faults.find("keeps 'ldl at most -99 %'") != std::string::npos);
  CHECK(faults.find("the nearest is 'weekly'") != std::string::npos);
  CHECK(faults.find("search.toml:8:") != std::string::npos);
}

TEST_CASE("an objective that no patient has is told as such") {
  const Search search = Folder({{"at = \"6 wk\" }", "at = \"90 wk\" }"}}).search();
  const std::string faults = to_text(infeasible_faults(search, find(search, 1, 0)));
  CHECK(faults.find("no patient of any schedule has the outcome 'ldl'") != std::string::npos);
}

TEST_CASE("a search that is stopped says so") {
  const Search search = Folder().search();
  const std::atomic<bool> stop{true};
  SearchOptions options;
  options.stop = &stop;
  const auto found = find_schedules(fixture::drug(), search, options);
  REQUIRE(found.ok());
  CHECK(found->interrupted);
}

TEST_CASE("the page needs nothing else, and names cannot become markup") {
  const Search search = Folder({{"name = \"weekly\"", "name = \"<script>x</script>\""}}).search();
  const Found found = find(search, 1, 0);
  const std::string html = page(search, found, {&fixture::drug(), "test", 1});
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("&lt;script&gt;") != std::string::npos);
  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(html.find("Not a medical device") != std::string::npos);
  CHECK(html.find("http") == html.find("http-equiv"));
}

}  // namespace dosewright::refine
