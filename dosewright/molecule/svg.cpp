#include "dosewright/molecule/svg.hpp"

#include <fmt/format.h>

#include <iterator>

#include "dosewright/base/markup.hpp"

namespace dosewright::molecule {

double text_width(std::string_view text, double size) {
  double n = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++n;  // one per code point
  }
  return 0.6 * size * n;
}

void Svg::line(Pixel a, Pixel b, std::string_view stroke, double width) {
  fmt::format_to(std::back_inserter(body_),
                 "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" stroke=\"{}\" "
                 "stroke-width=\"{:.1f}\" stroke-linecap=\"round\"/>\n",
                 a.x, a.y, b.x, b.y, stroke, width);
}

void Svg::dashed(Pixel a, Pixel b, std::string_view stroke, double width) {
  fmt::format_to(std::back_inserter(body_),
                 "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" stroke=\"{}\" "
                 "stroke-width=\"{:.1f}\" stroke-dasharray=\"3 3\"/>\n",
                 a.x, a.y, b.x, b.y, stroke, width);
}

void Svg::polygon(const std::vector<Pixel>& corners, std::string_view fill) {
  body_ += "<polygon points=\"";
  for (const Pixel corner : corners) {
    fmt::format_to(std::back_inserter(body_), "{:.2f},{:.2f} ", corner.x, corner.y);
  }
  fmt::format_to(std::back_inserter(body_), "\" fill=\"{}\"/>\n", fill);
}

void Svg::rectangle(Pixel corner, Pixel size, double radius, std::string_view fill,
                    std::string_view stroke) {
  fmt::format_to(std::back_inserter(body_),
                 "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
                 "rx=\"{:.1f}\" fill=\"{}\" stroke=\"{}\"/>\n",
                 corner.x, corner.y, size.x, size.y, radius, fill, stroke);
}

void Svg::circle(Pixel centre, double radius, std::string_view fill, std::string_view stroke) {
  fmt::format_to(std::back_inserter(body_),
                 "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.1f}\" fill=\"{}\" stroke=\"{}\"/>\n",
                 centre.x, centre.y, radius, fill, stroke);
}

void Svg::text(Pixel at, std::string_view content, const TextStyle& style) {
  fmt::format_to(std::back_inserter(body_),
                 "<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:.1f}\" text-anchor=\"{}\" "
                 "fill=\"{}\"{}>{}</text>\n",
                 at.x, at.y + 0.36 * style.size, style.size, style.anchor, style.fill,
                 style.bold ? " font-weight=\"bold\"" : "", escaped(content));
}

std::string Svg::document(Pixel size, std::string_view title) const {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\" font-family=\"'DejaVu Sans', Verdana, sans-serif\">\n"
      "<title>{2}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{3}</svg>\n",
      size.x, size.y, escaped(title), body_);
}

}  // namespace dosewright::molecule
