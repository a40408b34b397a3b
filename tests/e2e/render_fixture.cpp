// Writes the report page of a report.json, for the browser test:  render_fixture DATA.json
// PAGE.html
#include <exception>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "dosewright/report/report.hpp"

namespace {

int render(const char* from, const char* to) {
  std::ifstream in(from);
  if (!in) {
    std::cerr << "render_fixture: cannot read " << from << '\n';
    return 2;
  }
  const nlohmann::json data = nlohmann::json::parse(in);
  std::ofstream out(to, std::ios::binary);
  out << dosewright::report::report_html(data);
  out.close();
  if (out) return 0;
  std::cerr << "render_fixture: cannot write " << to << '\n';
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: render_fixture DATA.json PAGE.html\n";
    return 2;
  }
  try {
    return render(argv[1], argv[2]);
  } catch (const std::exception& error) {
    std::cerr << "render_fixture: " << error.what() << '\n';
    return 2;
  }
}
