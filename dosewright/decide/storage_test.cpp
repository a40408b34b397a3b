#include "dosewright/decide/storage.hpp"

#include <fmt/format.h>

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

// One reading a day from 2013-05-01.
std::string log_of(const std::vector<double>& celsius) {
  std::string text = "time,temperature\n";
  for (std::size_t i = 0; i < celsius.size(); ++i) {
    text += fmt::format(
        "{},{}\n",
        exchange::clock_text(day("2013-05-01") + static_cast<Minutes>(i) * kMinutesPerDay),
        celsius[i]);
  }
  return text;
}

Result<StorageAnswer> judge(const std::string& text, Minutes gap = 2 * kMinutesPerDay) {
  const File file(text);
  return judge_storage(mipomersen(), file.path(), gap);
}

TEST_CASE("2 to 8 Cel: usable, nothing used up") {
  const auto answer = judge(log_of({2, 5, 8}));
  REQUIRE(answer.ok());
  CHECK(answer->usable);
  CHECK(answer->outside == 0);
  CHECK(answer->left == 14 * kMinutesPerDay);
  CHECK(storage_text(*answer).find("protected from light") != std::string::npos);
}

TEST_CASE("14 days at up to 30 Cel, at, below and above") {
  CHECK(judge(log_of(std::vector<double>(15, 25)))->usable);
  CHECK(judge(log_of(std::vector<double>(15, 25)))->left == 0);
  CHECK(!judge(log_of(std::vector<double>(16, 25)))->usable);
  CHECK(judge(log_of({5, 30, 5}))->usable);
  CHECK(judge(log_of({5, 30, 5}))->outside == 2 * kMinutesPerDay);
  const auto hot = judge(log_of({5, 30.1, 5}));
  CHECK(!hot->usable);
  CHECK(hot->because.find("30.1 Cel on 2013-05-02 is above 30 Cel") != std::string::npos);
  CHECK(!judge(log_of({5, 1.9, 5}))->usable);
}

TEST_CASE("logs that cannot be judged") {
  const auto says = [](const Result<StorageAnswer>& answer, const std::string& part) {
    REQUIRE(!answer.ok());
    CHECK(to_text(answer.faults()).find(part) != std::string::npos);
  };
  says(judge(log_of({5, 5}), 60), "nothing was logged for 1 d");
  says(judge("time,temp\n"), "expected the columns");
  says(judge("time,temperature\n2013-05-01,5\n"), "at least two readings");
  says(judge("time,temperature\n2013-05-01,5\n2013-05-01,5\n"), "times ascend");
  says(judge("time,temperature\n2013-05-01,five\n2013-05-02,5\n"), "expected a number");
  says(judge("time,temperature\n2013-05-01,278\n2013-05-02,5\n"), "is the unit right?");
  says(judge("time,temperature,unit\n2013-05-01,5,R\n2013-05-02,5,Cel\n"), "expected Cel, K or");
}

TEST_CASE("other units") {
  CHECK(judge("time,temperature,unit\n2013-05-01,41,[degF]\n2013-05-02,278.15,K\n")->outside == 0);
}

}  // namespace
}  // namespace dosewright::decide
