// The trial report as one HTML page that needs nothing else: script, style and data inside.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace dosewright::report {

/// One self-contained page that draws `data` in any browser, without a network.
///
/// `data` is what the trial writes as report.json: an object with `programme`, `design`, `trials`
/// and lists of results; the weeks of a series count from the first dose, shares are of 1. Parts
/// that are missing are left out of the page; numbers that are missing are null. Bytes that are not
/// UTF-8 become U+FFFD. Text from `data` can neither close an element nor start one.
/// A `data` that is no object is a fault of the caller and ends the process.
/// The same data give the same bytes.
std::string report_html(const nlohmann::json& data);

}  // namespace dosewright::report
