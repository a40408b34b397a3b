// EXPECT_ERROR: conversion from|could not convert|no viable conversion
#include "dosewright/base/id.hpp"

#include "dosewright/base/quantity.hpp"

namespace dosewright {

using VisitId = Id<struct VisitTag>;
PatientId patient(VisitId visit) {
  PatientId id = visit;
  return id;
}

}  // namespace dosewright
