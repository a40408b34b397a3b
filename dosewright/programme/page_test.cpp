#include "dosewright/programme/page.hpp"

#include <doctest/doctest.h>

namespace dosewright::programme {

TEST_CASE("texts wrap at words, and long words at the edge") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("abcdefghij k", 4) == std::vector<std::string>{"abcd", "efgh", "ij k"});
  CHECK(wrap("", 10) == std::vector<std::string>{""});
  CHECK(text_width("2 °C") == 4);
}

TEST_CASE("a table aligns its columns and wraps what does not fit below itself") {
  Page page;
  page.table({{"a", "long text", "x"}, {"bbb", "c", "y"}}, 2, 6);
  CHECK(page.text() == "  a    long    x\n       text\n  bbb  c       y\n");
}

TEST_CASE("nothing is wider than the page") {
  Page page;
  page.paragraph(std::string(500, 'x') + " " + std::string(90, 'y') + " z", 4);
  page.table({{std::string(60, 'a'), std::string(60, 'b'), std::string(300, 'c')}});
  std::size_t longest = 0;
  std::size_t from = 0;
  for (std::size_t at; (at = page.text().find('\n', from)) != std::string::npos; from = at + 1) {
    longest = std::max(longest, at - from);
  }
  CHECK(longest <= kPageWidth);
}

}  // namespace dosewright::programme
