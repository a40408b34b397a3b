#include "dosewright/sim/schedule.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace dosewright::sim {

TEST_CASE("series are written out in order of time; ties keep the order of the records") {
  const std::vector<DoseSeries> series{{100, 1, 50, 2}, {150, 2, 0, 0}, {0, 3, 100, 1}};
  const auto doses = written_out(series);
  REQUIRE(doses.ok());
  CHECK(*doses ==
        std::vector<DoseRecord>{{0, 3}, {100, 1}, {100, 3}, {150, 1}, {150, 2}, {200, 1}});
}

TEST_CASE("no series, no doses") {
  CHECK(written_out({})->empty());
}

TEST_CASE("bad series: every fault at once") {
  const std::vector<DoseSeries> series{{0, -1, 10, 1},
                                       {0, 1, 0, 3},
                                       {0, 1, 10, -1},
                                       {0, std::numeric_limits<double>::infinity(), 0, 0},
                                       {0, 1, std::numeric_limits<Minutes>::max(), 2},
                                       {0, 1, 1, 2000000}};
  const auto doses = written_out(series);
  REQUIRE(!doses.ok());
  CHECK(doses.faults().size() == 6);
}

}  // namespace dosewright::sim
