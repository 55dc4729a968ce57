#include "pci.h"

#include <gtest/gtest.h>

#include "kfd.h"
#include "links.h"

namespace shardplan::probe {
namespace {

PciDevice at(std::vector<std::string> chain, int numa) {
  PciDevice d;
  d.chain = std::move(chain);
  d.numa_node = numa;
  return d;
}

TEST(Pci, NamesTheWayBetweenDevices) {
  const std::string root = "pci0000:15", port = "0000:15:01.0", up = "0000:16:00.0";
  const PciDevice a = at({root, port, up, "0000:17:00.0", "0000:18:00.0"}, 0);
  EXPECT_EQ(path_between(a, at({root, port, up, "0000:17:01.0", "0000:19:00.0"}, 0)), "PIX");
  EXPECT_EQ(path_between(a, at({root, port, up, "0000:17:02.0", "0000:1a:00.0", "0000:1b:00.0", "0000:1c:00.0"}, 0)),
            "PXB");
  EXPECT_EQ(path_between(a, at({root, "0000:15:03.0", "0000:20:00.0"}, 0)), "PHB");
  EXPECT_EQ(path_between(a, at({"pci0000:37", "0000:37:01.0", "0000:38:00.0"}, 0)), "NODE");
  EXPECT_EQ(path_between(a, at({"pci0000:97", "0000:97:01.0", "0000:98:00.0"}, 1)), "SYS");
  // Two functions of one card.
  EXPECT_EQ(path_between(at({root, port, "0000:16:00.0"}, 0), at({root, port, "0000:16:00.1"}, 0)), "PIX");
}

TEST(Pci, DoesNotKnowTheWayWhereTheNodeIsNotTold) {
  EXPECT_EQ(path_between(at({"pci0000:15", "x"}, -1), at({"pci0000:37", "y"}, -1)), "");
}

TEST(Pci, ReadsSpeeds) {
  EXPECT_EQ(pcie_generation("2.5 GT/s PCIe"), 1);
  EXPECT_EQ(pcie_generation("8 GT/s"), 3);
  EXPECT_EQ(pcie_generation("32.0 GT/s PCIe"), 5);
  EXPECT_EQ(pcie_generation("Unknown"), std::nullopt);
  EXPECT_NEAR(pcie_gb_per_s(4, 16), 31.5, 0.1);
  EXPECT_NEAR(pcie_gb_per_s(3, 8), 7.88, 0.01);
  EXPECT_NEAR(pcie_gb_per_s(1, 16), 4, 1e-9);
  EXPECT_EQ(pcie_gb_per_s(0, 16), 0);
  EXPECT_EQ(pcie_gb_per_s(9, 16), 0);
}

TEST(Pci, TellsGpusFromTheRest) {
  PciDevice d;
  d.address = "0000:17:00.0";
  d.vendor = kNvidia;
  d.type = 0x030200;
  EXPECT_TRUE(is_gpu(d));
  d.type = 0x068000;
  EXPECT_FALSE(is_gpu(d));
  EXPECT_TRUE(is_nvswitch(d));
  d.type = 0x040300;  // its sound
  EXPECT_FALSE(is_gpu(d));
}

TEST(Kfd, NamesInstructionSets) {
  EXPECT_EQ(gfx_name(90402), "gfx942");
  EXPECT_EQ(gfx_name(90010), "gfx90a");
  EXPECT_EQ(gfx_name(110000), "gfx1100");
}

TEST(Links, ALinkRunsOnTheLanesThatItHasNow) {
  Facts facts;
  EXPECT_EQ(pcie_gb_per_s_of(facts), 0);
  facts.set("pcie_gen_max", known(4));
  facts.set("pcie_gen", known(1));  // idle
  facts.set("pcie_width_max", known(16));
  EXPECT_NEAR(pcie_gb_per_s_of(facts), 31.5, 0.1);
  facts.set("pcie_width", known(4));
  EXPECT_NEAR(pcie_gb_per_s_of(facts), 7.88, 0.01);
}

TEST(Links, AFabricThatIsNotSupportedIsNoFault) {
  Gpu gpu;
  EXPECT_FALSE(is_off_fabric(gpu));
  gpu.fabric.set("state", known("not_supported"));
  EXPECT_FALSE(is_off_fabric(gpu));
  gpu.fabric.set("state", known("in_progress"));
  EXPECT_TRUE(is_off_fabric(gpu));
  gpu.fabric.set("state", known("completed"));
  gpu.fabric.set("status", known(0));
  EXPECT_FALSE(is_off_fabric(gpu));
  gpu.fabric.set("status", known(15));
  EXPECT_TRUE(is_off_fabric(gpu));
}

}  // namespace
}  // namespace shardplan::probe
