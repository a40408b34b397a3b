// EXPECT_ERROR: conversion from|could not convert|no viable conversion
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

Rate rate() {
  Rate k = litre(1) / hour(1);
  return k;
}

}  // namespace dosewright
