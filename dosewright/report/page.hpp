// The page skeleton that the build embeds: the bundle of web/report with two marks to fill.
#pragma once

#include <string_view>

namespace dosewright::report {

inline constexpr std::string_view kTitleMark = "<!--dosewright:title-->";
inline constexpr std::string_view kDataMark = "<!--dosewright:data-->";

/// web/dist/page.html as it was at build time; each mark stands in it once, the title's first.
std::string_view page_skeleton();

}  // namespace dosewright::report
