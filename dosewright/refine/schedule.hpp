// One schedule that the search may choose: a place in the space, or a named point.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "dosewright/refine/search.hpp"

namespace dosewright::refine {

// Indices into dose, interval, loading, step-down, monitoring and profile of a Space.
inline constexpr std::size_t kDimensions = 6;
using Coordinates = std::array<int, kDimensions>;

struct Phase {
  Minutes from = 0;
  protocol::Regimen regimen;
};

struct Schedule {
  std::string name;
  int point = -1;         // into Search::points; -1: of the space alone
  bool in_space = false;  // then `at` says where
  Coordinates at{};
  std::vector<Phase> phases;  // the first one from the first dose on
  Monitoring monitoring;
  int profile = 0;  // into Space::profiles
};

Coordinates sizes_of(const Space& space);
Schedule schedule_at(const Search& search, const Coordinates& at);

// A named point under one profile. `lighter` regimens apply where the programme says so.
Schedule schedule_of(const programme::Programme& programme, const Search& search, int point,
                     int profile);

// "300 mg every 1 wk; 200 mg every 1 wk from 4 wk"
std::string text_of(const Schedule& schedule);

// Equal for two schedules that treat everybody alike.
std::string key_of(const Schedule& schedule);

// What a constraint about the schedule itself is held against.
double structural_value(Constraint::Kind kind, const Schedule& schedule);

// Its constraint on the schedule itself that is broken first; -1: none.
int broken_by(const Search& search, const Schedule& schedule);

// Nothing to choose from, or too much; a schedule that follows another too closely.
Faults space_faults(const programme::Programme& programme, const Search& search);

}  // namespace dosewright::refine
