// refine.html: one page without a script. Pictures are SVG that is written here.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/markup.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/refine/write.hpp"

namespace dosewright::refine {

namespace {

constexpr const char* kStyle =
    "body{margin:0;background:#f5f6f6;color:#1b2530;font:15px/1.5 'Segoe UI','Noto "
    "Sans','Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums}"
    "main{max-width:1180px;margin:0 auto;padding:24px 28px 48px}"
    "h1{font-size:24px;margin:8px 0 4px}h2{font-size:18px;margin:34px 0 8px}"
    ".warn{background:#fff;border-left:3px solid #b3400a;padding:8px 14px;margin:14px 0}"
    ".scroll{overflow-x:auto;background:#fff;border:1px solid #dde2e6;border-radius:4px}"
    "table{border-collapse:collapse;width:100%;font-size:13.5px}"
    "th,td{padding:6px 12px;border-bottom:1px solid #dde2e6;text-align:left;vertical-align:top}"
    "thead th{background:#f0f3f4}th{font-weight:600}.n{text-align:right;white-space:nowrap}"
    ".s{display:block;color:#56616d;font-size:12.5px;font-weight:400}"
    "figure{margin:14px 0;background:#fff;border:1px solid #dde2e6;border-radius:4px;padding:10px}"
    "figcaption{color:#56616d;font-size:13.5px}svg{width:100%;height:auto;display:block}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:14px}"
    "@media(max-width:520px){.grid{grid-template-columns:1fr}main{padding:16px 12px}}";

constexpr double kPageWidth = 560, kHeight = 380, kLeft = 62, kRight = 18, kTop = 16, kBottom = 52;

// A linear axis over the values with a little room, and round ticks.
struct Axis {
  double low = 0, high = 1, from = 0, to = 1;
  std::vector<double> ticks;

  Axis(double least, double most, double pixel_from, double pixel_to)
      : from(pixel_from), to(pixel_to) {
    const double room = std::max(0.06 * (most - least), 1e-6 + 0.02 * std::abs(most));
    low = least - room;
    high = most + room;
    const double rough = (high - low) / 5;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double part = rough / power;
    const double step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    for (double tick = std::ceil(low / step) * step; tick <= high; tick += step) {
      ticks.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
    }
  }
  double pixel(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

class Picture {
 public:
  Picture(const Search& search, const Found& found, int x, int y)
      : search_(search), found_(found), x_(x), y_(y) {}

  std::string draw() const {
    const auto [x, y] = axes();
    std::string svg = fmt::format(
        "<figure><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{} against {}, one mark per "
        "schedule; the numbers stand in the tables\">",
        kPageWidth, kHeight, escaped(title(y_)), escaped(title(x_)));
    svg += frame(x, y);
    for (int layer = 0; layer < 3; ++layer) {
      for (const Candidate& candidate : found_.candidates) {
        if (layer_of(candidate) == layer) svg += mark(candidate, x, y);
      }
    }
    return svg + fmt::format("</svg><figcaption>{} (up) against {} (right)</figcaption></figure>\n",
                             escaped(title(y_)), escaped(title(x_)));
  }

 private:
  const Quantity& quantity(int index) const { return search_.quantities[at(index)]; }
  std::string title(int index) const {
    return quantity(index).title + " [" + quantity(index).unit + "]";
  }
  static int layer_of(const Candidate& candidate) {
    return candidate.schedule.point >= 0 ? 2 : candidate.on_front ? 1 : 0;
  }

  std::pair<Axis, Axis> axes() const {
    double low[2] = {HUGE_VAL, HUGE_VAL};
    double high[2] = {-HUGE_VAL, -HUGE_VAL};
    for (const Candidate& candidate : found_.candidates) {
      const int indices[2] = {x_, y_};
      for (int i = 0; i < 2; ++i) {
        const double value = candidate.estimates[at(indices[i])].value;
        if (!std::isfinite(value)) continue;
        low[i] = std::min(low[i], value);
        high[i] = std::max(high[i], value);
      }
    }
    for (int i = 0; i < 2; ++i) {
      if (low[i] > high[i]) low[i] = high[i] = 0;
    }
    return {Axis(low[0], high[0], kLeft, kPageWidth - kRight),
            Axis(low[1], high[1], kHeight - kBottom, kTop)};
  }

  std::string frame(const Axis& x, const Axis& y) const {
    std::string svg = fmt::format(
        "<g stroke=\"#c4ccd3\" fill=\"none\"><path d=\"M{0} {1}V{2}H{3}\"/></g>"
        "<g font-size=\"11\" fill=\"#56616d\">",
        kLeft, kTop, kHeight - kBottom, kPageWidth - kRight);
    for (const double tick : x.ticks) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                         x.pixel(tick), kHeight - kBottom + 16, number_text(tick, 4));
    }
    for (const double tick : y.ticks) {
      svg += fmt::format("<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", kLeft - 7,
                         y.pixel(tick) + 4, number_text(tick, 4));
    }
    return svg + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text></g>",
                             kPageWidth - kRight, kHeight - 12, escaped(title(x_)));
  }

  static std::string bars(double x, double y, double half_x, double half_y) {
    return fmt::format(
        "<path d=\"M{:.1f} {:.1f}h{:.1f}M{:.1f} {:.1f}v{:.1f}\" stroke=\"#8b959e\" fill=\"none\"/>",
        x - half_x, y, 2 * half_x, x, y - half_y, 2 * half_y);
  }

  std::string mark(const Candidate& candidate, const Axis& x, const Axis& y) const {
    const Estimate& along = candidate.estimates[at(x_)];
    const Estimate& up = candidate.estimates[at(y_)];
    if (!std::isfinite(along.value) || !std::isfinite(up.value)) return "";
    const double px = x.pixel(along.value);
    const double py = y.pixel(up.value);
    const bool named = candidate.schedule.point >= 0;
    std::string svg = "<g><title>" + escaped(candidate.schedule.name) + "</title>";
    if (named || candidate.on_front) {
      svg += bars(px, py, std::abs(x.pixel(along.value + along.error) - px),
                  std::abs(y.pixel(up.value + up.error) - py));
    }
    const char* colour = !candidate.feasible  ? "#b3400a"
                         : candidate.on_front ? "#0a679f"
                                              : "#8b959e";
    const char* fill = candidate.on_front && !candidate.within_noise ? colour : "#ffffff";
    const double size = named || candidate.on_front ? 4.5 : 2.5;
    svg += named ? fmt::format(
                       "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{}\" height=\"{}\" fill=\"{}\" "
                       "stroke=\"{}\" stroke-width=\"1.6\"/>",
                       px - size, py - size, 2 * size, 2 * size, fill, colour)
                 : fmt::format(
                       "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{}\" fill=\"{}\" "
                       "stroke=\"{}\" stroke-width=\"1.4\"/>",
                       px, py, size, fill, colour);
    if (named) {
      const bool right = px > kPageWidth - 130;
      svg += fmt::format(
          "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"11\" text-anchor=\"{}\" "
          "fill=\"#1b2530\">{}</text>",
          px + (right ? -8 : 8), py - 6, right ? "end" : "start", escaped(candidate.schedule.name));
    }
    return svg + "</g>";
  }

  const Search& search_;
  const Found& found_;
  int x_, y_;
};

std::string pictures(const Search& search, const Found& found) {
  std::vector<int> more;
  std::vector<int> less;
  for (const Objective& objective : search.objectives) {
    (objective.more_is_better ? more : less).push_back(objective.quantity);
  }
  // Without both kinds, everything is drawn against the first objective.
  const int up = more.empty() ? search.objectives.front().quantity : more.front();
  std::vector<int> across = less.empty() ? more : less;
  across.erase(std::remove(across.begin(), across.end(), up), across.end());
  std::string html = "<div class=\"grid\">\n";
  for (const int x : across) html += Picture(search, found, x, up).draw();
  return html + "</div>\n";
}

std::string state_of(const Search& search, const Found& found, const Candidate& candidate) {
  if (!candidate.feasible) {
    return candidate.in_doubt < 0 ? "cannot be judged"
                                  : "breaks: " + search.constraints[at(candidate.in_doubt)].text;
  }
  std::string front = front_text(found, candidate);
  if (candidate.on_front) return "on the front, " + front;
  if (!front.empty()) return front;
  return candidate.rival < 0
             ? "not on the front"
             : "'" + found.candidates[at(candidate.rival)].schedule.name + "' is better";
}

std::string table(const Search& search, const Found& found, const std::vector<int>& which) {
  std::string html = "<div class=\"scroll\"><table><thead><tr><th>Schedule</th>";
  for (const Quantity& quantity : search.quantities) {
    html += "<th class=\"n\">" + escaped(quantity.title) + "<span class=\"s\">" +
            escaped(quantity.unit) + "</span></th>";
  }
  html += "<th class=\"n\">Constraints kept</th><th>Standing</th></tr></thead><tbody>\n";
  for (const int index : which) {
    const Candidate& candidate = found.candidates[at(index)];
    html += "<tr><th scope=\"row\">" + escaped(candidate.schedule.name) + "<span class=\"s\">" +
            escaped(text_of(candidate.schedule)) + "</span></th>";
    for (const Estimate& estimate : candidate.estimates) {
      html += fmt::format("<td class=\"n\">{} ± {}<span class=\"s\">{} to {}</span></td>",
                          shown_number(estimate.value), shown_number(estimate.error),
                          shown_number(estimate.lo), shown_number(estimate.hi));
    }
    html += fmt::format("<td class=\"n\">{:.0f} %</td><td>{}</td></tr>\n",
                        100 * candidate.probability, escaped(state_of(search, found, candidate)));
  }
  return html + "</tbody></table></div>\n";
}

std::string reading(const Search& search, const Found& found) {
  std::string html = "<h2>How this was found</h2>\n<ul>\n";
  html += "<li>Population, length and visits: " + escaped(search.base.title) + ".</li>\n";
  html += "<li>Rules: " + escaped(join(search.space.profiles, ", ")) + ".</li>\n";
  for (const Objective& objective : search.objectives) {
    html += fmt::format("<li>{} is better: {}.</li>\n", objective.more_is_better ? "More" : "Less",
                        escaped(search.quantities[at(objective.quantity)].title));
  }
  for (const Constraint& constraint : search.constraints) {
    html += "<li>Constraint: " + escaped(constraint.text) + ".</li>\n";
  }
  std::vector<std::string> stages;
  for (const int patients : found.stages) stages.push_back(std::to_string(patients));
  html += fmt::format(
      "<li>{} of the {} schedules of the space were simulated, first with few patients, those that "
      "stayed in with more: {}. {} patients in all, {} of whom failed.</li>\n",
      found.candidates.size(), found.space, join(stages, ", "), found.patients, found.failed);
  return html +
         "<li>Each number is a mean over virtual patients ± its standard error; below it, the 95 % "
         "interval with the model's uncertain parameters drawn anew for every 25 patients. All "
         "schedules treat the same virtual patients, so that two schedules differ by less than "
         "their standard errors say.</li>\n"
         "<li>“Within noise”: the simulation cannot tell whether the other schedule is better in "
         "everything.</li>\n"
         "<li>A schedule that stands alone between worse ones may have been missed.</li>\n</ul>\n";
}

}  // namespace

std::string page(const Search& search, const Found& found, const SearchFacts& facts) {
  const std::string title = escaped(facts.programme->identity.title + ": " + search.title);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"generator\" content=\"Dosewright " +
      escaped(facts.version) + "\">\n<title>" + title +
      "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>" + kStyle +
      "</style>\n</head>\n<body><main>\n<h1>" + title + "</h1>\n<p class=\"warn\">" +
      escaped(kDisclaimer) + "</p>\n";
  const std::vector<int> front = front_by_first(search, found);
  html += fmt::format(
      "<h2>The best schedules</h2>\n<p>{} schedules of which none is better than another in every "
      "objective; seed {}.</p>\n",
      front.size(), facts.seed);
  html += table(search, found, front);
  html +=
      "<h2>Benefit against harm</h2>\n<p>Blue: on the front; filled: clear of noise; red: breaks "
      "a constraint; squares: named schedules. Bars: one standard error.</p>\n";
  html += pictures(search, found);
  if (!search.points.empty()) {
    html += "<h2>Named schedules</h2>\n" + table(search, found, points_of(found));
  }
  return html + reading(search, found) + "</main></body>\n</html>\n";
}

}  // namespace dosewright::refine
