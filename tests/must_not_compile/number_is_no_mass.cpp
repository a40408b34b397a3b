// EXPECT_ERROR: conversion from|could not convert|no viable conversion
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

Mass mass() {
  Mass m = 100.0;
  return m;
}

}  // namespace dosewright
