#include "dosewright/audit/spool.hpp"

#include <doctest/doctest.h>

namespace dosewright::audit {
namespace {

Record record_of(std::uint32_t subject, int number) {
  Record record;
  record.subject = subject;
  record.at = number;
  record.value = 0.1 * number;
  record.row = number;
  return record;
}

void check_all_come_back(std::size_t limit, bool spills) {
  Spool spool(limit);
  constexpr int kSubjects = 200;
  constexpr int kEach = 7;
  for (int i = 0; i < kEach; ++i) {
    for (std::uint32_t s = 0; s < kSubjects; ++s) {
      REQUIRE(spool.add(record_of(s, i)));
    }
  }
  CHECK(spool.size() == kSubjects * kEach);
  CHECK(spool.spilled() == spills);
  int seen = 0;
  for (int bucket = 0; bucket < kBuckets; ++bucket) {
    const auto records = spool.take(bucket);
    REQUIRE(records.ok());
    std::array<int, kSubjects> next{};
    for (const Record& one : *records) {
      CHECK(one.subject % kBuckets == static_cast<std::uint32_t>(bucket));
      CHECK(one.row == next[one.subject]++);  // in the order in which they came
      CHECK(one.value == 0.1 * one.row);
      ++seen;
    }
  }
  CHECK(seen == kSubjects * kEach);
}

TEST_CASE("records come back by bucket and in order: from memory, from disk, from both") {
  check_all_come_back(std::size_t{1} << 20, false);
  check_all_come_back(0, true);
  check_all_come_back(1000 * sizeof(Record), true);
}

TEST_CASE("a bucket is given once, and an empty one is empty") {
  Spool spool(0);
  REQUIRE(spool.add(record_of(3, 1)));
  CHECK(spool.take(3)->size() == 1);
  CHECK(spool.take(3)->empty());
  CHECK(spool.take(4)->empty());
}

}  // namespace
}  // namespace dosewright::audit
