#include "dosewright/report/report.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "dosewright/report/page.hpp"

namespace dosewright::report {
namespace {

using nlohmann::json;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto start = text.find(from);
  REQUIRE(start != std::string::npos);
  const auto begin = start + from.size();
  const auto end = text.find(to, begin);
  REQUIRE(end != std::string::npos);
  return text.substr(begin, end - begin);
}

// What a browser would hand to JSON.parse.
json carried_data(const std::string& page) {
  return json::parse(
      between(page, "<script type=\"application/json\" id=\"report-data\">", "</script>"));
}

json named(const std::string& title) {
  return {{"programme", {{"name", "drug"}, {"title", title}}}};
}

TEST_CASE("the page carries the data unchanged") {
  const json data = {{"programme", {{"name", "drug"}, {"title", "Drug"}}},
                     {"design", {{"title", "Two arms"}}},
                     {"seed", 1},
                     {"trials", json::array({{{"name", "a<b"}, {"weeks", 26.5}}})},
                     {"failed_patients", nullptr}};
  const std::string page = report_html(data);
  CHECK(carried_data(page) == data);
  CHECK(between(page, "<title>", "</title>") == "Drug: Two arms");
  CHECK(report_html(data) == page);
}

TEST_CASE("text from the data cannot become markup") {
  const std::string before = report_html(named("harmless"));
  for (const std::string hostile :
       {"</script><script>alert(1)</script>", "<!--<script>",
        "</title><img src=x onerror=alert(1)>", "\"><script>alert(1)</script>",
        "<!--dosewright:data-->", "<!--dosewright:title-->", "]]></SCRIPT >"}) {
    CAPTURE(hostile);
    const std::string page = report_html(named(hostile));
    CHECK(carried_data(page) == named(hostile));
    for (const std::string_view mark :
         {"<script", "</script", "<SCRIPT", "</SCRIPT", "<!--", "<img", "<title", "</title"}) {
      CAPTURE(mark);
      CHECK(count(page, mark) == count(before, mark));
    }
  }
}

TEST_CASE("line separators of Unicode are escaped and come back") {
  const json data = named(
      "a\xE2\x80\xA8"
      "b\xE2\x80\xA9"
      "c\xE2\x80\xAA");
  const std::string page = report_html(data);
  const std::string carried = between(page, "id=\"report-data\">", "</script>");
  CHECK(carried.find("\xE2\x80\xA8") == std::string::npos);
  CHECK(carried.find("\xE2\x80\xA9") == std::string::npos);
  CHECK(carried.find("a\\u2028b\\u2029c\xE2\x80\xAA") != std::string::npos);
  CHECK(carried_data(page) == data);
}

TEST_CASE("bytes that are not UTF-8 are replaced, in the data and in the title") {
  const std::string page = report_html(named("bad \xFF\xC3 byte"));
  CHECK(page.find('\xFF') == std::string::npos);
  CHECK(between(page, "<title>", "</title>") == "bad \xEF\xBF\xBD\xEF\xBF\xBD byte");
  CHECK(carried_data(page)["programme"]["title"] == "bad \xEF\xBF\xBD\xEF\xBF\xBD byte");
}

TEST_CASE("a number that is not finite becomes null") {
  const std::string page = report_html({{"seed", std::numeric_limits<double>::quiet_NaN()}});
  CHECK(carried_data(page)["seed"].is_null());
}

TEST_CASE("the title survives any shape of programme and design") {
  const auto title = [](const json& data) {
    return between(report_html(data), "<title>", "</title>");
  };
  CHECK(title(json::object()) == "Dosewright report");
  CHECK(title({{"programme", 3}}) == "Dosewright report");
  CHECK(title({{"programme", {{"name", 3}}}}) == "Dosewright report");
  CHECK(title({{"programme", {{"name", "a & b"}}}}) == "a &amp; b");
  CHECK(title({{"programme", {{"name", "a"}}}, {"design", {{"name", "d"}}}}) == "a: d");
}

TEST_CASE("the page fetches nothing and allows itself no connection") {
  const std::string page(page_skeleton());
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(count(page, "script-src 'sha256-") == 1);
  CHECK(page.find("connect-src") == std::string::npos);
  CHECK(page.find("<script src") == std::string::npos);
  CHECK(page.find("rel=\"stylesheet\"") == std::string::npos);
  const std::string style = between(page, "<style>", "</style>");
  CHECK(style.find("@import") == std::string::npos);
  CHECK(style.find("url(") == std::string::npos);
  CHECK(page.find("src=\"http") == std::string::npos);
  CHECK(page.find("href=\"http") == std::string::npos);
}

TEST_CASE("each mark stands in the skeleton once, the title's first") {
  CHECK(count(page_skeleton(), kTitleMark) == 1);
  CHECK(count(page_skeleton(), kDataMark) == 1);
  CHECK(page_skeleton().find(kTitleMark) < page_skeleton().find(kDataMark));
  CHECK(page_skeleton().size() > 300000);  // the bundle is inside
}

}  // namespace
}  // namespace dosewright::report
