// The programme of mipomersen, read once for the tests of one binary.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "dosewright/programme/programme.hpp"

namespace dosewright::trial {

inline const programme::Programme& mipomersen() {
  static const auto loaded =
      programme::load_programme(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen");
  REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_text(loaded.faults())));
  return *loaded;
}

}  // namespace dosewright::trial
