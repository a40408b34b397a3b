// For tests: a folder of its own, whatever else runs on the machine, gone with the object.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "dosewright/base/check.hpp"

namespace dosewright {

class TestFolder {
 public:
  TestFolder() {
    path_ = (std::filesystem::temp_directory_path() / "dosewright-test-XXXXXX").string();
    DW_CHECK(::mkdtemp(path_.data()) != nullptr, "no folder can be made for a test");
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // Writes a file; where it is.
  std::string put(const std::string& name, std::string_view text) const {
    std::ofstream(*this / name, std::ios::binary) << text;
    return *this / name;
  }
  std::string text(const std::string& name) const {
    std::ostringstream all;
    all << std::ifstream(*this / name, std::ios::binary).rdbuf();
    return all.str();
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(*this / name); }

 private:
  std::string path_;
};

}  // namespace dosewright
