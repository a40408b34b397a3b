// Names by which a model, or a dataset, says how doses enter a compartment, as in NONMEM: F1,
// ALAG1, R1 and D1 for compartment 1, or with its name: F_DEPOT, ALAG_DEPOT, R_DEPOT, D_DEPOT.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace dosewright::model {

enum class DosingItem : std::uint8_t {
  kBioavailability,  // F, a number; 1 where nobody gives it
  kLag,              // ALAG, time from the record to the entry; 0
  kRate,             // R, of an infusion with RATE = -1, unit of the compartment per time
  kDuration,         // D, of an infusion with RATE = -2, time
};
inline constexpr int kDosingItems = 4;

struct DosingName {
  DosingItem item = DosingItem::kBioavailability;
  int compartment = 0;  // index into the states
};

/// What a name means for a model with these states, in order; nothing for any other name.
std::optional<DosingName> dosing_name(std::string_view name, std::span<const std::string> states);

/// "D1": the item of a compartment as NONMEM writes it.
std::string to_text(const DosingName& name);

}  // namespace dosewright::model
