#include "dosewright/base/markup.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

TEST_CASE("text from outside is escaped for HTML and SVG, whatever it holds") {
  CHECK(escaped("") == "");
  CHECK(escaped("ALT above 3 ULN, 2'-MOE \u00b5g\tx\r\n") ==
        "ALT above 3 ULN, 2'-MOE \u00b5g\tx\r\n");
  CHECK(escaped("</title><script a='1' b=\"2\">&amp;") ==
        "&lt;/title&gt;&lt;script a='1' b=&quot;2&quot;&gt;&amp;amp;");
  const std::string nul("a\0b", 3);
  CHECK(escaped(nul) == "a\uFFFDb");
  CHECK(escaped("\x1B[31m\x0B\x7F") == "\uFFFD[31m\uFFFD\uFFFD");
  CHECK(escaped("\xC2\x85|\xC2\xA0|") == "\uFFFD|\u00a0|");                  // next line, a control
  CHECK(escaped("\xEF\xBF\xBE\xEF\xBF\xBF\uFFFD") == "\uFFFD\uFFFD\uFFFD");  // no characters
  CHECK(escaped("\xB5g \xE2\x82") == "\uFFFDg \uFFFD\uFFFD");   // Latin-1; cut in the middle
  CHECK(escaped("\xED\xA0\x80<") == "\uFFFD\uFFFD\uFFFD&lt;");  // half a surrogate pair
  CHECK(escaped("\U0001F600") == "\U0001F600");
}

TEST_CASE("escaped text is UTF-8 and has no markup, from any bytes") {
  const bool held = rc::check([](const std::string& bytes) {
    const std::string safe = escaped(bytes);
    RC_ASSERT(first_invalid_utf8(safe) == std::string::npos);
    RC_ASSERT(safe.find_first_of("<>\"") == std::string::npos);
    for (const char c : safe) {
      RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r');
    }
  });
  CHECK(held);
}

}  // namespace
}  // namespace dosewright
