// The few elements of SVG 1.1 that the drawings use. Lengths in pixels, y downwards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosewright::molecule {

inline constexpr std::string_view kInk = "#1f2933";  // of text and lines

struct Pixel {
  double x = 0, y = 0;
};

struct TextStyle {
  double size = 14;
  std::string_view fill = kInk;
  std::string_view anchor = "middle";  // start, middle, end
  bool bold = false;
};

class Svg {
 public:
  void line(Pixel a, Pixel b, std::string_view stroke, double width);
  void dashed(Pixel a, Pixel b, std::string_view stroke, double width);
  void polygon(const std::vector<Pixel>& corners, std::string_view fill);
  void rectangle(Pixel corner, Pixel size, double radius, std::string_view fill,
                 std::string_view stroke = "none");
  void circle(Pixel centre, double radius, std::string_view fill, std::string_view stroke = "none");
  // The baseline is placed so that a line of capitals is centred on the point.
  void text(Pixel at, std::string_view content, const TextStyle& style = {});
  // Markup that is ready, for parts of a text; the caller escapes.
  void raw(std::string_view markup) { body_ += markup; }

  // The document, on white, with a title that screen readers speak.
  std::string document(Pixel size, std::string_view title) const;

 private:
  std::string body_;
};

// Roughly how wide a line of the drawings' font is.
double text_width(std::string_view text, double size);

}  // namespace dosewright::molecule
