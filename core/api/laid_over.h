// One question over another: what it states wins.
#pragma once

#include "api/question.h"

namespace shardplan::api {

// Fields of `base` that say in other words what `own` states go, too.
Question laid_over(Question base, const Question& own);

}  // namespace shardplan::api
