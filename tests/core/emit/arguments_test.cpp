#include "emit/arguments.h"

#include <gtest/gtest.h>

namespace shardplan::emit {
namespace {

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(shell_word("train.py"), "train.py");
  EXPECT_EQ(shell_word("--lr=3e-4"), "--lr=3e-4");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("([0]*3+[1]*58)"), "'([0]*3+[1]*58)'");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_word("x; rm -rf /"), "'x; rm -rf /'");
  EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(shell_word("`reboot`"), "'`reboot`'");
}

TEST(ShellWord, LeavesOurOwnVariablesAlone) {
  EXPECT_EQ(shell_word("$MASTER_ADDR:29500"), "\"$MASTER_ADDR:29500\"");
  EXPECT_EQ(shell_word("$NODE_RANK"), "\"$NODE_RANK\"");
  EXPECT_EQ(shell_word("$HOME/a $(reboot) `b` \"c\""), R"("$HOME/a \$(reboot) \`b\` \"c\"")");
}

TEST(Arguments, PrintOneOptionALine) {
  Arguments a;
  a.option("--nnodes", 2).flag("--bf16").option("--modules", std::vector<std::string>{"a", "b"}).word("x y");
  EXPECT_EQ(a.line(), "--nnodes 2 --bf16 --modules a b 'x y'");
  EXPECT_EQ(a.lines("run"), "run \\\n  --nnodes 2 \\\n  --bf16 \\\n  --modules a b \\\n  'x y'");
  EXPECT_EQ(Arguments().lines("run"), "run");
}

}  // namespace
}  // namespace shardplan::emit
