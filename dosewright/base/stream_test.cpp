#include "dosewright/base/stream.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace dosewright {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() : path(fs::temp_directory_path() / "dosewright_stream_test") {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path / name, std::ios::binary) << content;
    return (path / name).string();
  }
};

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
  const Folder folder;
  Faults faults;
  CHECK(lines(folder.file("a", "\xEF\xBB\xBFone\r\ntwo\n\nlast"), faults) ==
        std::vector<std::string>{"one", "two", "", "last"});
  CHECK(faults.empty());
  CHECK(lines(folder.file("b", ""), faults).empty());
}

TEST_CASE("lines longer than the buffer are whole, endless ones are a fault") {
  const Folder folder;
  Faults faults;
  const std::string large(700'000, 'x');
  CHECK(lines(folder.file("a", large + "\nend\n"), faults) ==
        std::vector<std::string>{large, "end"});
  CHECK(lines(folder.file("b", std::string(1'100'000, 'x')), faults).empty());
  CHECK(faults.size() == 1);
}

TEST_CASE("what is not UTF-8 is told with its place") {
  const Folder folder;
  Faults faults;
  CHECK(lines(folder.file("a",
                          "good\nb\xFF"
                          "d\nnever\n"),
              faults)
            .size() == 1);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].place.line == 2);
  CHECK(faults[0].place.column == 2);
  CHECK_FALSE(LineReader::open((folder.path / "missing").string()).ok());
  CHECK_FALSE(LineReader::open(folder.path.string()).ok());
}

TEST_CASE("a file written aside appears with commit, and not without") {
  const Folder folder;
  const std::string path = folder.file("out", "before");
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
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);
  CHECK_FALSE(AsideFile::open((folder.path / "no" / "out").string()).ok());
  CHECK_FALSE(AsideFile::open(folder.path.string()).ok());
}

}  // namespace dosewright
