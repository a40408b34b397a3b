// The identity card as text and as JSON.
#pragma once

#include <optional>
#include <string>

#include "dosewright/molecule/identity.hpp"
#include "dosewright/molecule/notation.hpp"

namespace dosewright::cli {

// Amounts are given by today's table of weights.
inline constexpr auto kAmountTable = molecule::WeightTable::kIupac2021;

struct Card {
  molecule::Reading reading;
  molecule::Identity identity;
  std::optional<double> salt_mg;  // --mg, or what --umol weighs
};

std::string card_text(const Card& card);
std::string card_json(const Card& card);

// What `molecule convert --json` prints.
std::string converted_json(const molecule::Reading& reading, molecule::Format format,
                           const molecule::Written& written);

}  // namespace dosewright::cli
