#include "dosewright/report/report.hpp"

#include <nlohmann/json.hpp>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/base/markup.hpp"
#include "dosewright/report/page.hpp"

namespace dosewright::report {
namespace {

using nlohmann::json;

// The data sit in a <script>, where only "</script" and "<!--" mean anything to a browser: with no
// "<" at all neither can occur. U+2028 and U+2029 end a line in older JavaScript.
std::string escape_for_script(std::string_view text) {
  constexpr std::string_view kLine = "\xE2\x80\xA8";
  constexpr std::string_view kParagraph = "\xE2\x80\xA9";
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') {
      escaped += "\\u003c";
    } else if (text[i] == '>') {
      escaped += "\\u003e";
    } else if (text.substr(i, 3) == kLine || text.substr(i, 3) == kParagraph) {
      escaped += text.substr(i, 3) == kLine ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      escaped += text[i];
    }
  }
  return escaped;
}

std::string dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The text of data[part][key] as valid UTF-8; empty where there is none.
std::string text_at(const json& data, const char* part, const char* key) {
  const auto found = data.find(part);
  if (found == data.end() || !found->is_object()) return {};
  const auto text = found->find(key);
  if (text == found->end() || !text->is_string()) return {};
  return json::parse(dump(*text)).get<std::string>();
}

std::string first_of(std::string wanted, std::string otherwise) {
  return wanted.empty() ? std::move(otherwise) : std::move(wanted);
}

std::string page_title(const json& data) {
  const std::string programme =
      first_of(text_at(data, "programme", "title"), text_at(data, "programme", "name"));
  const std::string design =
      first_of(text_at(data, "design", "title"), text_at(data, "design", "name"));
  if (programme.empty()) return "Dosewright report";
  return design.empty() ? programme : programme + ": " + design;
}

}  // namespace

std::string report_html(const json& data) {
  DW_CHECK(data.is_object(), "report data must be an object");
  const std::string_view skeleton = page_skeleton();
  const std::size_t title = skeleton.find(kTitleMark);
  const std::size_t body = skeleton.find(kDataMark);
  DW_CHECK(title != std::string_view::npos && body != std::string_view::npos && title < body,
           "the embedded page lacks its marks");
  const std::size_t middle = title + kTitleMark.size();
  std::string page(skeleton.substr(0, title));
  page += escaped(page_title(data));
  page += skeleton.substr(middle, body - middle);
  page += escape_for_script(dump(data));
  page += skeleton.substr(body + kDataMark.size());
  return page;
}

}  // namespace dosewright::report
