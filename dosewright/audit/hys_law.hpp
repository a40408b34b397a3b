// Hy's law: aminotransferase above 3 times the upper limit of normal together with bilirubin above
// 2 times, without alkaline phosphatase of 2 times or more, and without another cause, foretells
// severe liver injury. [FDA-DILI2009, III] The plot of peaks: [Watkins2011].
//
// The guidance gives no number of days for "together", and none for a phosphatase that is elevated.
// Assumed unless told otherwise: bilirubin counts on the day of the aminotransferase and 30 days
// after it, and 2 ULN is the limit of alkaline phosphatase, of which the latest reading up to that
// bilirubin counts. One that was never read does not excuse. Both stand in what is written.
#pragma once

#include <span>
#include <string>

#include "dosewright/audit/audit.hpp"

namespace dosewright::audit {

inline constexpr double kAminotransferaseLimit = 3;  // x ULN, above [FDA-DILI2009, III]
inline constexpr double kBilirubinLimit = 2;         // x ULN, above [FDA-DILI2009, III]

struct HysLimits {
  Minutes window = 30 * kMinutesPerDay;  // bilirubin after the aminotransferase; assumed
  double phosphatase = 2;                // x ULN, at or above: cholestatic; assumed
};

struct Alternative {
  Minutes at = 0;
  std::string says;
};

// readings: by time, on treatment. alternatives: other causes that the file notes; those that began
// after the bilirubin and its window do not count.
LiverCase judge_liver(std::span<const LiverReading> readings,
                      std::span<const Alternative> alternatives, HysLimits limits);

// Whether a term of an adverse event or diagnosis is another cause of liver injury: acute viral or
// autoimmune hepatitis, obstruction of the bile ducts, low blood flow to the liver, alcohol, or the
// harmless rise of bilirubin in Gilbert's syndrome; or one of `more`. Without case.
bool is_alternative(std::string_view term, std::span<const std::string> more);

// What of its limits is no word of the guidance, for a reader of the results.
std::string hys_law_assumed();

// Whether it is worth keeping its readings: a peak is above a limit of Hy's law.
bool is_elevated(const LiverCase& liver);

}  // namespace dosewright::audit
