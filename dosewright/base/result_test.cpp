#include "dosewright/base/result.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <string>

#include "dosewright/base/check.hpp"
#include "dosewright/base/id.hpp"

namespace dosewright {
namespace {

// Runs body in a child process without its output; returns how the child ended, as waitpid tells.
int end_of_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);  // doctest's own handler would report a failed test
    body();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

bool aborts(const std::function<void()>& body) {
  const int status = end_of_child(body);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

Result<int> half(int value) {
  if (value % 2 != 0) return Fault{{"numbers.txt", 3, 7}, "expected an even number", "add 1", {}};
  return value / 2;
}

Result<std::string> quarter(int value) {
  DW_TRY(once, half(value));
  DW_TRY(twice, half(once));
  return std::to_string(twice);
}

TEST_CASE("a place shows its known part") {
  CHECK(to_text(Place{}) == "");
  CHECK(to_text(Place{"p.toml", 41, 13}) == "p.toml:41:13");
  CHECK(to_text(Place{"p.toml", 41, 0}) == "p.toml:41");
  CHECK(to_text(Place{"p.toml", 0, 0}) == "p.toml");
  CHECK(to_text(Place{"p.toml", 0, 5}) == "p.toml");
  CHECK(to_text(Place{"", 2, 5}) == "line 2, column 5");
  CHECK(to_text(Place{"", 0, 5}) == "column 5");
}

TEST_CASE("a fault shows message, place, quote and hint") {
  Fault fault{{"p.toml", 2, 8}, "needs a unit, found '3'", "write '3 ULN'", "when = 3\n       ^"};
  CHECK(to_text(fault) ==
        "needs a unit, found '3' (p.toml:2:8)\n"
        "    when = 3\n"
        "           ^\n"
        "  hint: write '3 ULN'");
  CHECK(to_text(Fault{{}, "empty", "", ""}) == "empty");
}

TEST_CASE("faults are listed in order and counted") {
  Faults faults;
  CHECK(faults.empty());
  faults.add({"a", 1, 1}, "first", "way out");
  CHECK(to_text(faults) == "first (a:1:1)\n  hint: way out\n1 fault");
  Faults more;
  more.add({{}, "second", {}, {}});
  faults.merge(more);
  CHECK(faults.size() == 2);
  CHECK(to_text(faults) == "first (a:1:1)\n  hint: way out\nsecond\n2 faults");
}

TEST_CASE("DW_TRY hands on the value or the faults") {
  CHECK(*quarter(12) == "3");
  const Result<std::string> odd = quarter(10);
  REQUIRE(!odd.ok());
  CHECK(odd.faults().size() == 1);
  CHECK(odd.faults()[0].place.line == 3);
}

TEST_CASE("keep_or collects faults and goes on") {
  Faults faults;
  CHECK(keep_or(half(8), -1, faults) == 4);
  CHECK(faults.empty());
  CHECK(keep_or(half(7), -1, faults) == -1);
  CHECK(keep_or(half(9), -2, faults) == -2);
  CHECK(faults.size() == 2);
}

TEST_CASE("a result may hold what can only be moved") {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 5);
}

TEST_CASE("misuse of a result ends the process") {
  CHECK(aborts([] { (void)half(7).value(); }));
  CHECK(aborts([] { (void)half(8).faults(); }));
  CHECK(aborts([] { (void)Result<int>(Faults()); }));
  CHECK(!aborts([] { (void)half(8).value(); }));
}

TEST_CASE("DW_CHECK is armed in every build") {
  CHECK(aborts([] { DW_CHECK(1 + 1 == 3, "sum"); }));
  CHECK(!aborts([] { DW_CHECK(1 + 1 == 2); }));
}

TEST_CASE("ids compare by value") {
  CHECK(PatientId(3) == PatientId(3));
  CHECK(PatientId(3) < PatientId(4));
  CHECK(PatientId().value() == 0);
}

}  // namespace
}  // namespace dosewright
