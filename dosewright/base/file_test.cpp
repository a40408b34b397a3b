#include "dosewright/base/file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "dosewright/base/folder_test.hpp"

namespace dosewright {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names(const TestFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path())) {
    names.push_back(fs::relative(entry.path(), folder.path()).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void put(const std::string& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

std::string get(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

using Names = std::vector<std::string>;

TEST_CASE("a text is read whole, without its byte order mark") {
  const TestFolder folder;
  const std::string content = "one\r\n\xC2\xB5g\n" + std::string(300000, 'x');
  put(folder / "a", content);
  CHECK(*read_text(folder / "a") == content);
  put(folder / "b", "\xEF\xBB\xBFID,TIME\n");
  CHECK(*read_text(folder / "b") == "ID,TIME\n");
  put(folder / "empty", "");
  CHECK(*read_text(folder / "empty") == "");
}

TEST_CASE("what cannot be read is a fault with the path and a way out") {
  const TestFolder folder;
  const auto missing = read_text(folder / "missing");
  REQUIRE(!missing.ok());
  CHECK(missing.faults()[0].message == "cannot open the file: No such file or directory");
  CHECK(missing.faults()[0].place.file == folder / "missing");
  CHECK(missing.faults()[0].hint == "check the path");
  CHECK(read_text(folder.path()).faults()[0].message == "expected a file, found a folder");

  put(folder / "latin1", "first\nsecond \xE4");
  const auto latin1 = read_text(folder / "latin1");
  REQUIRE(!latin1.ok());
  CHECK(to_text(latin1.faults()[0]) == "expected UTF-8 text, found the byte 0xE4 (" +
                                           (folder / "latin1") +
                                           ":2:8)\n    second ?\n           ^\n"
                                           "  hint: save the file as UTF-8");
}

TEST_CASE("a file above 64 MiB is refused") {
  const TestFolder folder;
  put(folder / "large", "");
  fs::resize_file(folder / "large", (64U << 20) + 1);  // a hole, no blocks
  const auto large = read_text(folder / "large");
  REQUIRE(!large.ok());
  CHECK(large.faults()[0].message == "the file is larger than 64 MiB");
  CHECK(!read_text("/dev/zero").ok());
}

TEST_CASE("files appear together, in folders that are made, and nothing else is left") {
  const TestFolder folder;
  FileSet files(folder / "a/b/c");
  files.add("one.txt", "1");
  files.add("two.txt", std::string(200000, '2'));
  REQUIRE(files.commit().ok());
  CHECK(names(folder) == Names{"a", "a/b", "a/b/c", "a/b/c/one.txt", "a/b/c/two.txt"});
  CHECK(get(folder / "a/b/c/one.txt") == "1");
  CHECK(get(folder / "a/b/c/two.txt") == std::string(200000, '2'));

  FileSet again((folder / "a/b/c") + "/");
  again.add("one.txt", "new");
  REQUIRE(again.commit().ok());
  CHECK(get(folder / "a/b/c/one.txt") == "new");
  CHECK(names(folder).size() == 5);
}

TEST_CASE("a folder below a file cannot be made") {
  const TestFolder folder;
  put(folder / "plain", "keep");
  for (const std::string directory : {"plain", "plain/out", "plain/out/deep"}) {
    FileSet files(folder / directory);
    files.add("x", "1");
    const auto result = files.commit();
    REQUIRE(!result.ok());
    CHECK(result.faults()[0].message == "cannot create the folder: Not a directory");
    CHECK(result.faults()[0].hint == "a part of the path is a file: choose another folder");
  }
  CHECK(names(folder) == Names{"plain"});
  CHECK(get(folder / "plain") == "keep");
}

TEST_CASE("a failed rename puts back what was there") {
  const TestFolder folder;
  put(folder / "a.txt", "old");
  fs::create_directories(folder / "z.txt/inside");
  FileSet files(folder.path());
  files.add("a.txt", "new");
  files.add("b.txt", "new");
  files.add("z.txt", "new");  // a folder has that name
  const auto result = files.commit();
  REQUIRE(!result.ok());
  CHECK(result.faults()[0].place.file == folder / "z.txt");
  CHECK(result.faults()[0].hint.find("a folder has that name") == 0);
  CHECK(get(folder / "a.txt") == "old");
  CHECK(names(folder) == Names{"a.txt", "z.txt", "z.txt/inside"});
}

// Runs body in a child process where no file may grow beyond `bytes`, as on a disk that fills up.
int in_child_with_small_files(rlim_t bytes, const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::_exit(::setrlimit(RLIMIT_FSIZE, &limit) == 0 ? body() : 99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("a write that fails half way leaves nothing behind and changes nothing") {
  const TestFolder folder;
  put(folder / "one.txt", "old");
  const int code = in_child_with_small_files(1000, [&] {
    FileSet files(folder.path());
    files.add("one.txt", "new");
    files.add("two.txt", std::string(5000, '2'));
    const auto result = files.commit();
    if (result.ok()) return 1;
    const Fault& fault = result.faults()[0];
    if (fault.message != "cannot write the file: File too large") return 2;
    if (fault.place.file != folder / "two.txt") return 3;
    return fault.hint.empty() ? 4 : 0;
  });
  CHECK(code == 0);
  CHECK(names(folder) == Names{"one.txt"});
  CHECK(get(folder / "one.txt") == "old");
}

TEST_CASE("a folder made for a commit that failed is removed again") {
  const TestFolder folder;
  const int code = in_child_with_small_files(1000, [&] {
    FileSet files(folder / "new/deeper");
    files.add("two.txt", std::string(5000, '2'));
    return files.commit().ok() ? 1 : 0;
  });
  CHECK(code == 0);
  CHECK(names(folder).empty());
}

TEST_CASE("a folder that may not be written to") {
  const TestFolder folder;
  fs::create_directory(folder / "locked");
  ::chmod((folder / "locked").c_str(), 0555);
  if (::access((folder / "locked").c_str(), W_OK) == 0) return;  // root may write everywhere
  FileSet files(folder / "locked");
  files.add("x", "1");
  const auto result = files.commit();
  REQUIRE(!result.ok());
  CHECK(result.faults()[0].message == "cannot write the file: Permission denied");
}

TEST_CASE("probing a folder says whether files can be written and leaves nothing") {
  const TestFolder folder;
  CHECK(probe_directory(folder.path()).ok());
  CHECK(probe_directory(folder / "new/deeper").ok());
  CHECK(names(folder).empty());
  put(folder / "plain", "keep");
  const auto below_file = probe_directory(folder / "plain/out");
  REQUIRE(!below_file.ok());
  CHECK(below_file.faults()[0].hint == "a part of the path is a file: choose another folder");
  const int code = in_child_with_small_files(
      0, [&] { return probe_directory(folder / "new").ok() ? 1 : 0; });  // nothing can be written
  CHECK(code == 0);
  CHECK(names(folder) == Names{"plain"});
}

TEST_CASE("names with a path and double names are refused, all at once") {
  const TestFolder folder;
  FileSet files(folder.path());
  for (const char* name : {"../evil", "", ".", "..", "a/b", "x", "x"}) files.add(name, "1");
  const auto result = files.commit();
  REQUIRE(!result.ok());
  CHECK(result.faults().size() == 6);
  CHECK(names(folder).empty());
}

TEST_CASE("a file may come in parts, and one that breaks off leaves nothing") {
  const TestFolder folder;
  FileSet files(folder.path());
  files.add("x", [](const FileSet::Put& put) {
    for (int i = 0; i < 1000; ++i) {
      if (!put("part " + std::to_string(i) + "\n")) return false;
    }
    return true;
  });
  files.add("y", "whole");
  REQUIRE(files.commit().ok());
  const std::string text = get(folder / "x");
  CHECK(text.size() == 1000 * 6 + 10 + 2 * 90 + 3 * 900);
  CHECK(text.ends_with("part 998\npart 999\n"));
  FileSet broken(folder / "new");
  broken.add("whole", "1");
  broken.add("part", [](const FileSet::Put& put) { return put("begun") && false; });
  CHECK(!broken.commit().ok());
  CHECK(names(folder) == Names{"x", "y"});
}

TEST_CASE("a temporary file left by a killed process is no hindrance") {
  const TestFolder folder;
  put(folder / (".x.tmp-" + std::to_string(::getpid())), "left over");
  FileSet files(folder.path());
  files.add("x", "1");
  CHECK(files.commit().ok());
  CHECK(names(folder) == Names{"x"});
}

TEST_CASE("a link is replaced, not written through") {
  const TestFolder folder;
  put(folder / "target", "untouched");
  fs::create_symlink("target", folder / "x");
  FileSet files(folder.path());
  files.add("x", "new");
  REQUIRE(files.commit().ok());
  CHECK(get(folder / "target") == "untouched");
  CHECK(get(folder / "x") == "new");
}

TEST_CASE("SHA-256 of the standard's examples") {  // [FIPS180-4], examples of NIST
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace dosewright
