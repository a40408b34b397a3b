#include "dosewright/base/stream.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "dosewright/base/folder_test.hpp"

namespace dosewright {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines(const std::string& path, Faults& faults) {
  auto reader = LineReader::open(path);
  std::vector<std::string> all;
  std::string line;
  while (reader->next(line)) all.push_back(line);
  faults = reader->faults();
  return all;
}

}  // namespace

TEST_CASE("lines with either end, a byte order mark, no newline at the end") {
  const TestFolder folder;
  Faults faults;
  CHECK(lines(folder.put("a", "\xEF\xBB\xBFone\r\ntwo\n\nlast"), faults) ==
        std::vector<std::string>{"one", "two", "", "last"});
  CHECK(faults.empty());
  CHECK(lines(folder.put("b", ""), faults).empty());
}

TEST_CASE("lines longer than the buffer are whole, endless ones are a fault") {
  const TestFolder folder;
  Faults faults;
  const std::string large(700'000, 'x');
  CHECK(lines(folder.put("a", large + "\nend\n"), faults) ==
        std::vector<std::string>{large, "end"});
  CHECK(lines(folder.put("b", std::string(1'100'000, 'x')), faults).empty());
  CHECK(faults.size() == 1);
}

TEST_CASE("what is not UTF-8 is told with its place") {
  const TestFolder folder;
  Faults faults;
  CHECK(lines(folder.put("a",
                         "good\nb\xFF"
                         "d\nnever\n"),
              faults)
            .size() == 1);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].place.line == 2);
  CHECK(faults[0].place.column == 2);
  CHECK_FALSE(LineReader::open(folder / "missing").ok());
  CHECK_FALSE(LineReader::open(folder.path()).ok());
}

TEST_CASE("a file written aside appears with commit, and not without") {
  const TestFolder folder;
  const std::string path = folder.put("out", "before");
  {
    auto file = AsideFile::open(path);
    REQUIRE(file->write("half").ok());
  }
  Faults faults;
  CHECK(lines(path, faults) == std::vector<std::string>{"before"});
  {
    auto file = AsideFile::open(path);
    REQUIRE(file->write("wh").ok());
    REQUIRE(file->write("ole").ok());
    REQUIRE(file->commit().ok());
  }
  CHECK(lines(path, faults) == std::vector<std::string>{"whole"});
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  CHECK_FALSE(AsideFile::open(folder / "no/out").ok());
  CHECK_FALSE(AsideFile::open(folder.path()).ok());
}

}  // namespace dosewright
