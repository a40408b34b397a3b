#include "dosewright/audit/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/audit/hys_law.hpp"
#include "dosewright/base/markup.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::audit {
namespace {

constexpr const char* kColours[] = {"#0b5394", "#b45309", "#a61c3c", "#38761d"};
constexpr const char* kDashes[] = {"", "6 3", "2 2", "8 3 2 3"};

// A logarithmic axis in multiples of the upper limit of normal.
class LogAxis {
 public:
  LogAxis(double low, double high, double from, double to)
      : low_(std::log10(low)), high_(std::log10(high)), from_(from), to_(to) {}
  double at(double value) const {
    const double x = (std::log10(std::max(value, 1e-3)) - low_) / (high_ - low_);
    return from_ + std::clamp(x, 0.0, 1.0) * (to_ - from_);
  }
  bool holds(double value) const {
    const double x = std::log10(value);
    return x >= low_ - 1e-9 && x <= high_ + 1e-9;
  }

 private:
  double low_, high_, from_, to_;
};

constexpr double kTicks[] = {0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500};

// The next tick above a value.
double tick_above(double value) {
  for (const double tick : kTicks) {
    if (tick > value) return tick;
  }
  return value * 2;
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" {}/>\n", x1, y1,
                     x2, y2, style);
}

std::string text(double x, double y, const char* anchor, std::string_view says) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escaped(says));
}

double aminotransferase(const LiverCase& liver) {
  return std::max(liver.peak[kAlt], liver.peak[kAst]);
}

class Edish {
 public:
  Edish(const Audit& audit, std::size_t most) : audit_(audit), most_(most) {}

  std::string draw() {
    double highest_x = 5;
    double highest_y = 3;
    for (const Subject& one : audit_.subjects) {
      highest_x = std::max(highest_x, aminotransferase(one.liver));
      highest_y = std::max(highest_y, one.liver.peak[kBili]);
    }
    x_ = LogAxis(0.1, tick_above(highest_x), kLeft, kRight);
    y_ = LogAxis(0.1, tick_above(highest_y), kBottom, kTop);
    out_ = fmt::format(
        "<svg viewBox=\"0 0 640 440\" role=\"img\" aria-label=\"eDISH plot: peak bilirubin against "
        "peak ALT or AST, each in multiples of the upper limit of normal\">\n"
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#777\"/>\n",
        kLeft, kTop, kRight - kLeft, kBottom - kTop);
    draw_axes();
    draw_points();
    return out_ + "</svg>\n";
  }

 private:
  static constexpr double kLeft = 60, kRight = 620, kTop = 20, kBottom = 385;

  void draw_axes() {
    for (const double tick : kTicks) {
      if (x_.holds(tick)) {
        out_ += line(x_.at(tick), kBottom, x_.at(tick), kBottom + 5, "stroke=\"#777\"");
        out_ += text(x_.at(tick), kBottom + 18, "middle", number_text(tick));
      }
      if (y_.holds(tick)) {
        out_ += line(kLeft - 5, y_.at(tick), kLeft, y_.at(tick), "stroke=\"#777\"");
        out_ += text(kLeft - 8, y_.at(tick) + 4, "end", number_text(tick));
      }
    }
    const char* dashed = "stroke=\"#a61c3c\" stroke-dasharray=\"5 4\"";
    const double x3 = x_.at(kAminotransferaseLimit);
    const double y2 = y_.at(kBilirubinLimit);
    out_ += line(x3, kTop, x3, kBottom, dashed) + line(kLeft, y2, kRight, y2, dashed);
    out_ += text(kRight - 6, kTop + 14, "end", "Hy's law range");
    out_ += text(kLeft + 6, kTop + 14, "start", "cholestasis range");
    out_ += text(kRight - 6, kBottom - 8, "end", "elevated ALT or AST");
    out_ += text((kLeft + kRight) / 2, 428, "middle", "peak ALT or AST, x ULN");
    out_ += fmt::format(
        "<text transform=\"translate(16 {:.0f}) rotate(-90)\" text-anchor=\"middle\">peak "
        "bilirubin, x ULN</text>\n",
        (kTop + kBottom) / 2);
  }

  void draw_points() {
    std::size_t ordinary = 0;
    for (const Subject& one : audit_.subjects) {
      const double x = aminotransferase(one.liver);
      const double y = one.liver.peak[kBili];
      if (one.verdict != Verdict::kJudged || x < 0 || y < 0) continue;
      const bool elevated = is_elevated(one.liver);
      if (!elevated && ++ordinary > most_) continue;
      out_ += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" fill-opacity=\"{}\"><title>{}: "
          "{:.2f} x ULN, bilirubin {:.2f} x ULN</title></circle>\n",
          x_.at(x), y_.at(y), elevated ? 5 : 3, elevated ? kColours[kBili] : kColours[kAlt],
          elevated ? "1" : "0.35", escaped(one.id), x, y);
      if (one.liver.verdict != HysLaw::kNothing) {
        const bool right = x_.at(x) > kRight - 100;
        out_ += text(x_.at(x) + (right ? -8 : 8), y_.at(y) + 4, right ? "end" : "start", one.id);
      }
    }
  }

  const Audit& audit_;
  std::size_t most_;
  LogAxis x_{0.1, 10, 0, 1}, y_{0.1, 10, 0, 1};
  std::string out_;
};

class Timeline {
 public:
  explicit Timeline(const Subject& subject) : subject_(subject) {}

  std::string draw() {
    const auto& readings = subject_.liver.readings;
    if (readings.empty()) return {};
    origin_ = subject_.first_dose.value_or(readings.front().at);
    double highest = 5;
    for (const LiverReading& one : readings) highest = std::max(highest, one.multiple);
    y_ = LogAxis(0.1, tick_above(highest), kBottom, kTop);
    first_ = std::min(days(readings.front().at), 0.0);
    last_ = std::max(days(readings.back().at), first_ + 1);
    if (subject_.last_dose) last_ = std::max(last_, days(*subject_.last_dose));
    out_ = fmt::format(
        "<svg viewBox=\"0 0 640 260\" role=\"img\" aria-label=\"liver tests of {} over time\">\n"
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#777\"/>\n",
        escaped(subject_.id), kLeft, kTop, kRight - kLeft, kBottom - kTop);
    draw_axes();
    for (int test = 0; test < 4; ++test) draw_test(test);
    return out_ + "</svg>\n";
  }

 private:
  static constexpr double kLeft = 46, kRight = 625, kTop = 26, kBottom = 200;

  double days(Minutes at) const {
    return static_cast<double>(at - origin_) / static_cast<double>(kMinutesPerDay);
  }
  double x_of(double day) const {
    return kLeft + (day - first_) / (last_ - first_) * (kRight - kLeft);
  }

  void draw_axes() {
    for (const double tick : kTicks) {
      if (!y_.holds(tick)) continue;
      const bool limit = tick == 1 || tick == 2 || tick == 3;
      out_ += line(kLeft, y_.at(tick), limit ? kRight : kLeft + 5, y_.at(tick),
                   limit ? "stroke=\"#bbb\" stroke-dasharray=\"3 4\"" : "stroke=\"#777\"");
      out_ += text(kLeft - 6, y_.at(tick) + 4, "end", number_text(tick));
    }
    const double step = step_of(last_ - first_);
    for (double day = std::ceil(first_ / step) * step; day <= last_; day += step) {
      out_ += line(x_of(day), kBottom, x_of(day), kBottom + 5, "stroke=\"#777\"");
      out_ += text(x_of(day), kBottom + 18, "middle", number_text(day, 6));
    }
    out_ += text((kLeft + kRight) / 2, 250, "middle",
                 subject_.first_dose ? "days since the first dose" : "days since the first test");
    if (!subject_.first_dose) return;
    out_ += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"8\" fill=\"#555\"><title>doses from "
        "first to last</title></rect>\n",
        x_of(0), kBottom + 25, std::max(x_of(days(*subject_.last_dose)) - x_of(0), 2.0));
    out_ += text(x_of(0) - 4, kBottom + 33, x_of(0) > kLeft + 40 ? "end" : "start",
                 x_of(0) > kLeft + 40 ? "doses" : "");
  }

  static double step_of(double span) {
    for (const double step : {1.0, 2.0, 7.0, 14.0, 28.0, 56.0, 112.0, 364.0}) {
      if (span / step <= 12) return step;
    }
    return 728;
  }

  void draw_test(int test) {
    std::string points;
    std::string dots;
    for (const LiverReading& one : subject_.liver.readings) {
      if (one.test != test) continue;
      const double x = x_of(days(one.at));
      points += fmt::format("{:.1f},{:.1f} ", x, y_.at(one.multiple));
      dots += fmt::format(
          "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.5\" fill=\"{}\"><title>{} {:.2f} x ULN, day "
          "{:.0f}</title></circle>\n",
          x, y_.at(one.multiple), kColours[test], kLiverTests[test], one.multiple, days(one.at));
    }
    const double at = kLeft + 8 + test * 110.0;
    out_ += fmt::format(
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" "
        "stroke-dasharray=\"{}\"/>\n",
        points, kColours[test], kDashes[test]);
    out_ += dots;
    out_ += fmt::format(
        "<line x1=\"{0:.0f}\" y1=\"13\" x2=\"{1:.0f}\" y2=\"13\" stroke=\"{2}\" stroke-width=\"2\" "
        "stroke-dasharray=\"{3}\"/>\n",
        at, at + 30, kColours[test], kDashes[test]);
    out_ += text(at + 36, 17, "start", kLiverTests[test]);
  }

  const Subject& subject_;
  Minutes origin_ = 0;
  double first_ = 0, last_ = 1;
  LogAxis y_{0.1, 10, 0, 1};
  std::string out_;
};

}  // namespace

std::string edish_svg(const Audit& audit, std::size_t most) {
  return Edish(audit, most).draw();
}

std::string timeline_svg(const Subject& subject) {
  return Timeline(subject).draw();
}

}  // namespace dosewright::audit
