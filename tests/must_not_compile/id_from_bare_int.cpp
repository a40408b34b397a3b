// EXPECT_ERROR: conversion from|could not convert|no viable conversion
#include "dosewright/base/id.hpp"
#include "dosewright/base/quantity.hpp"

namespace dosewright {

PatientId patient() {
  PatientId id = 7;
  return id;
}

}  // namespace dosewright
