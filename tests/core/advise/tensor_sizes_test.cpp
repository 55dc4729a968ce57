#include "advise/tensor_sizes.h"

#include <gmock/gmock.h>

#include "base/units.h"
#include "core/advise/problem.h"

namespace shardplan::advise {
namespace {

TEST(TensorSizes, NamesWhatDidNotFit) {
  const estimate::Context context(problem("llama-3.1-8b", 8));
  spec::Strategy s;
  s.tp = 2;
  s.dp = 4;
  s.gbs = 8;
  const auto sizes = tensor_sizes(context, s);
  const auto named = [&](double gib) {
    const auto near = tensors_of(sizes, gib * kGib);
    return near.empty() ? "" : near.front().text;
  };
  // 8192 tokens x 128,256 words / 2 x 4 bytes = 1.957 GiB, as a message prints it.
  EXPECT_EQ(named(1.96), "the logits of one micro-batch in fp32");
  EXPECT_EQ(named(3.91), "the logits of one micro-batch over the whole vocabulary in fp32");
  // 16 heads x 8192^2 x 2 bytes
  EXPECT_EQ(named(2.0), "one layer's attention scores in bf16");
  EXPECT_EQ(named(0.6), "");
  EXPECT_EQ(named(0.001), "");
}

}  // namespace
}  // namespace shardplan::advise
