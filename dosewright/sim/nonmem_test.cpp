// Dosing scenarios that were run with NONMEM 7.5.0, ADVAN2 TRANS2, CL 1.1, V 20, KA 1.5; CP is the
// amount over V/1000. The numbers are NONMEM's, printed with five digits. [nmtests, dosing]
#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "dosewright/sim/event_fixture_test.hpp"

namespace dosewright::sim {
namespace {

constexpr int kCentral = 1;
using model::DosingItem;
using Seen = std::map<double, double>;  // CP by time

Trial nonmem() {
  return {compartments(1, true), {1.1, 20, 1.5}};
}

// Records at the times of `expected`, after doses of the same time; both ways to move.
void agrees(Trial trial, const std::vector<Event>& doses, const Seen& expected) {
  std::vector<Event> events;
  std::size_t next = 0;
  for (const auto& [time, cp] : expected) {
    while (next < doses.size() && doses[next].time_h <= time) events.push_back(doses[next++]);
    events.push_back(observe(time));
  }
  for (const Path path : {Path::kBest, Path::kAdaptive}) {
    const std::vector<double> seen = trial.path(path).run(events);
    CHECK(trial.reason() == "");
    CHECK(trial.exact() == (path == Path::kBest));
    std::size_t i = 0;
    for (const auto& [time, cp] : expected) {
      CAPTURE(time);
      const double found = 1000 * seen[i++];
      const double digit = cp == 0 ? 1e-9 : std::pow(10.0, std::floor(std::log10(cp)) - 4);
      CHECK(std::abs(found - cp) <= 0.51 * digit);
    }
  }
}

}  // namespace

TEST_CASE("NONMEM 1: bolus to the depot with additional doses") {
  agrees(
      nonmem(), {repeated(bolus(0, 100), 24, 3)},
      {{0, 0}, {1, 3754.4}, {24, 1386.5}, {25, 5066.8}, {49, 5417.3}, {96, 1882.3}, {130, 290.1}});
}

TEST_CASE("NONMEM 2: bolus to central, lag and bioavailability") {
  agrees(nonmem()
             .with(DosingItem::kLag, kCentral, 12.13)
             .with(DosingItem::kBioavailability, kCentral, 2.23),
         {repeated(bolus(0, 100, kCentral), 24, 3)},
         {{12, 0}, {13, 10629}, {36, 2999.9}, {37, 13468}, {85, 14430}, {130, 1214.4}});
}

TEST_CASE("NONMEM 3: infusions with additional doses") {
  agrees(nonmem(), {repeated(infusion(0, 100, 10, kCentral), 24, 3)},
         {{1, 486.5}, {10, 3845.9}, {24, 1780.7}, {34, 4873.3}, {82, 5221.1}, {130, 372.58}});
}

TEST_CASE("NONMEM 4, 5: bioavailability shortens a rate, and thins a duration") {
  agrees(nonmem().with(DosingItem::kBioavailability, kCentral, 0.5),
         {infusion(0, 480, 10, kCentral)}, {{1, 486.5}, {24, 6662.4}, {25, 6305.9}, {130, 19.575}});
  agrees(nonmem()
             .with(DosingItem::kBioavailability, kCentral, 0.5)
             .with(DosingItem::kDuration, kCentral, 48),
         {modelled(bolus(0, 480, kCentral), RateKind::kModelledDuration)},
         {{1, 243.25}, {48, 4221.1}, {49, 3995.2}, {130, 46.425}});
}

TEST_CASE("NONMEM 7, 8: infusions with lag, additional doses and bioavailability") {
  agrees(
      nonmem().with(DosingItem::kLag, kCentral, 4.15),
      {repeated(infusion(0, 100, 10, kCentral), 24, 3)},
      {{4, 0}, {5, 415.22}, {14, 3802.5}, {15, 3670.3}, {29, 2114.6}, {86, 5189}, {130, 468.11}});
  agrees(
      nonmem()
          .with(DosingItem::kLag, kCentral, 3.25)
          .with(DosingItem::kBioavailability, kCentral, 0.412),
      {repeated(infusion(0, 100, 10, kCentral), 24, 3)},
      {{3, 0}, {4, 367.37}, {7, 1694.3}, {8, 1780.5}, {28, 960.05}, {80, 2417.1}, {130, 154.52}});
}

TEST_CASE("NONMEM 9: infusions at steady state with lag and bioavailability") {
  agrees(nonmem()
             .with(DosingItem::kLag, kCentral, 3.16)
             .with(DosingItem::kBioavailability, kCentral, 0.412),
         {repeated(infusion(0, 100, 10, kCentral), 24, 3, 1)},
         {{0, 1002.7},
          {3, 850.22},
          {4, 1215.2},
          {8, 2417.5},
          {24, 1002.7},
          {31, 2413.1},
          {96, 1002.7},
          {130, 154.55}});
}

TEST_CASE("NONMEM 10, 11, 12: infusions at steady state that overlap") {
  agrees(nonmem().with(DosingItem::kBioavailability, kCentral, 0.812),
         {repeated(infusion(0, 100, 2, kCentral), 12, 4, 1)},
         {{0, 6014.5},
          {4, 6263},
          {5, 6277.4},
          {12, 6014.5},
          {60, 6014.5},
          {65, 5840.3},
          {77, 4735.9},
          {89, 3286.6},
          {130, 344.68}});
  agrees(nonmem(), {repeated(infusion(0, 100, 2, kCentral), 12, 3, 1)},
         {{0, 7498.9},
          {2, 7664.7},
          {3, 7643.7},
          {48, 7498.9},
          {62, 6499},
          {63, 6345.8},
          {86, 3522.6},
          {87, 3334.1},
          {130, 313.24}});
  agrees(
      nonmem(), {repeated(infusion(0, 100, 8.3333, kCentral), 6, 12, 1)},
      {{0, 15152}, {5, 15152}, {78, 15152}, {79, 14746}, {84, 13022}, {85, 12325}, {130, 1037.3}});
}

TEST_CASE("NONMEM 13, 14: infusions at steady state as long as the interval") {
  agrees(nonmem().with(DosingItem::kBioavailability, kCentral, 0.412),
         {repeated(infusion(0, 100, 4.12, kCentral), 10, 8, 1)},
         {{0, 3745.5}, {7, 3745.5}, {90, 3745.5}, {91, 3545}, {130, 415.01}});
  agrees(nonmem(), {repeated(infusion(0, 100, 10, kCentral), 10, 8, 1)},
         {{0, 9090.9}, {90, 9090.9}, {91, 8604.4}, {130, 1007.3}});
}

TEST_CASE("NONMEM 15: bolus at steady state with lag: a record at the entry sees the dose") {
  agrees(nonmem()
             .with(DosingItem::kLag, kCentral, 4)
             .with(DosingItem::kBioavailability, kCentral, 0.412),
         {repeated(bolus(0, 100, kCentral), 24, 3, 1)},
         {{0, 935.66}, {3, 793.34}, {4, 2810.9}, {24, 935.66}, {28, 2810.9}, {53, 2660.5}});
}

TEST_CASE("NONMEM 21: a reset cancels what is pending, and further doses do not reset") {
  agrees(
      nonmem(),
      {repeated(infusion(0, 100, 50), 12, 3), reset(observe(50)), repeated(bolus(54, 120), 16, 2)},
      {{1, 1181},
       {3, 4285.2},
       {49, 5158.7},
       {50, 0},
       {53, 0},
       {55, 4505.3},
       {71, 6950.5},
       {87, 7964.7},
       {130, 878.84}});
}

TEST_CASE("NONMEM 22: steady state 1 and 2, each with additional doses") {
  agrees(nonmem(), {repeated(bolus(0, 100), 24, 3, 1), repeated(bolus(12, 50), 24, 3, 2)},
         {{0, 1891.9},
          {1, 5545.1},
          {11, 3867.4},
          {12, 4606.4},
          {13, 6237.1},
          {25, 7277.4},
          {60, 4606.4},
          {96, 3722.1},
          {130, 573.67}});
}

TEST_CASE("NONMEM 23: a constant infusion at steady state ends with its record") {
  agrees(nonmem(), {repeated(infusion(0, 0, 100), 0, 0, 1)},
         {{0, 90909}, {1, 88547}, {10, 54446}, {50, 6032.8}, {130, 74.067}});
}

}  // namespace dosewright::sim
