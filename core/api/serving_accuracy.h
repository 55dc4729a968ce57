// 'accuracy' of a file of measured serving.
#pragma once

#include "api/operations/accuracy.h"

namespace shardplan::api {

Result<AccuracyResponse> serving_accuracy(const AccuracyRequest& request);

}  // namespace shardplan::api
