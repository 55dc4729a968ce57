#include "emit/nccl.h"

#include <algorithm>

namespace shardplan::emit {
namespace {

// Releases in which a default changed, read from their sources (presets/nccl says where).
constexpr NcclVersion kFindsGid{2, 21, 5};     // NCCL_IB_GID_INDEX -1: picks a RoCE v2 address itself
constexpr NcclVersion kWaitsLonger{2, 23, 4};  // NCCL_IB_TIMEOUT 20
constexpr NcclVersion kKnowsRacks{2, 21, 5};   // NCCL_MNNVL_ENABLE 2
constexpr NcclVersion kUsesNvls{2, 17, 1};     // NVLS
constexpr NcclVersion kUsesPxn{2, 12, 7};      // PXN, relaxed ordering
constexpr NcclVersion kHasRas{2, 24, 3};       // ncclras

constexpr double kFastEthernetGbPerS = 12.5;  // 100 Gbit/s

bool is_rdma(Fabric f) { return f == Fabric::kInfiniband || f == Fabric::kRoce; }
// Google's plugins bring a profile that sets what NCCL would choose, and check that it holds.
bool has_profile(Fabric f) { return f == Fabric::kTcpx || f == Fabric::kTcpxo; }
bool is_libfabric(Fabric f) { return f == Fabric::kEfa || f == Fabric::kSlingshot; }

class Advisor {
 public:
  Advisor(const NcclQuestion& q, const std::vector<NcclVariable>& variables) : q_(q), variables_(variables) {}

  NcclSettings run() {
    scale_up();
    if (q_.num_nodes > 1) between_nodes();
    everywhere();
    debug();
    drop_unread(out_.settings);
    drop_unread(out_.measure);
    drop_unread(out_.debug);
    std::erase_if(out_.site, [&](const SiteVariable& v) { return !is_read(v.name); });
    return std::move(out_);
  }

 private:
  const NcclQuestion& q_;
  const std::vector<NcclVariable>& variables_;
  NcclSettings out_;

  // Plugins and PyTorch read variables that NCCL does not know.
  bool is_read(const std::string& name) const {
    const Reading r = reading_of(variables_, name, q_.version);
    return r == Reading::kRead || r == Reading::kUnknown;
  }
  void drop_unread(std::vector<Variable>& list) {
    std::erase_if(list, [&](const Variable& v) { return !is_read(v.name); });
  }
  void set(const char* name, const char* value, const char* reason) { out_.settings.push_back({name, value, reason}); }
  void site(const char* name, const char* example, const char* when, const char* how) {
    out_.site.push_back({name, example, when, how});
  }
  void known(const char* what, const char* reason) { out_.defaults.push_back({what, reason}); }

  void scale_up() {
    if (q_.has_nvlink) {
      known("GPU to GPU over NVLink", "NCCL finds the links; NCCL_P2P_LEVEL would only shorten what it may use.");
      if (q_.version >= kUsesNvls && !has_profile(q_.fabric))
        known("NCCL_NVLS_ENABLE=2",
              "Reduces inside the NVLink switch where GPUs and driver can; 1 changes nothing there.");
    }
    if (!q_.nvlink_spans_nodes) return;
    if (q_.version < kKnowsRacks)
      out_.warnings.push_back("NCCL " + version_text(q_.version) +
                              " does not use NVLink between nodes by itself; take 2.21.5 or later for a rack.");
    else known("NCCL_MNNVL_ENABLE=2", "Uses NVLink between the nodes of a rack where the IMEX service runs.");
    out_.verify.push_back(
        "nvidia-imex-ctl -N says READY on every node and /dev/nvidia-caps-imex-channels/ holds a channel; without, the "
        "rack's NVLink is not used between nodes.");
  }

  void between_nodes() {
    site("NCCL_SOCKET_IFNAME", "=eth0", "where nodes have several IP networks and the first ranks hang at start",
         "ip -br addr on a node: the interface of the network that all nodes share; '=' takes the name exactly.");
    switch (q_.fabric) {
      case Fabric::kInfiniband: infiniband(); break;
      case Fabric::kRoce: roce(); break;
      case Fabric::kEfa: efa(); break;
      case Fabric::kSlingshot: slingshot(); break;
      case Fabric::kTcpx: tcpx(); break;
      case Fabric::kTcpxo: tcpxo(); break;
      case Fabric::kEthernet: ethernet(); break;
      case Fabric::kNvlink:
        if (!q_.nvlink_spans_nodes)
          out_.warnings.push_back(
              "NVLink joins the GPUs of a node; between nodes another network carries the traffic. Name it in "
              "network_type for its settings.");
        break;
    }
    if (is_rdma(q_.fabric) || is_libfabric(q_.fabric)) gpudirect();
    if (!has_profile(q_.fabric))
      known("NCCL_CROSS_NIC=2",
            "Stays on its rail and crosses only where that is better; 1 spreads over rails that may be slower.");
  }

  void gpudirect() {
    known("NCCL_NET_GDR_LEVEL",
          "GPUDirect RDMA is used where adapter and GPU share a PCIe switch; needs the driver's DMA-BUF support or the "
          "nvidia-peermem module.");
    if (q_.version >= kUsesPxn)
      known("NCCL_PXN_DISABLE=0", "Sends over the rail of the receiver through the GPU beside its adapter.");
  }

  // InfiniBand and RoCE.
  void verbs() {
    if (q_.version < kWaitsLonger)
      set("NCCL_IB_TIMEOUT", "20",
          "4.3 s for each of 7 retries, the default since 2.23; the shorter one before gives up while a link comes "
          "back.");
    site("NCCL_IB_HCA", "=mlx5_0,mlx5_1,mlx5_2,mlx5_3",
         "where a node has RDMA adapters that are not for the GPUs' traffic, such as storage",
         "ibdev2netdev lists them, nvidia-smi topo -m says which stand beside a GPU; '=' takes names exactly ('mlx5_1' "
         "also means mlx5_10).");
    out_.verify.push_back(
        "NCCL_DEBUG=INFO prints 'NET/IB : Using'; 'NET/Socket' means that the adapters were not found.");
  }

  void infiniband() {
    verbs();
    site("NCCL_IB_SL", "1", "where the subnet manager keeps a service level for this traffic",
         "Ask who runs the fabric.");
    known("NCCL_IB_ADAPTIVE_ROUTING", "On wherever the port is InfiniBand.");
    known("NCCL_IB_GID_INDEX", "InfiniBand routes by LID; the index is RoCE's.");
    known("NCCL_IB_QPS_PER_CONNECTION=1", "Adaptive routing spreads packets; more queue pairs are for hashed routes.");
  }

  void roce() {
    verbs();
    if (q_.version < kFindsGid)
      site(
          "NCCL_IB_GID_INDEX", "3",
          "always before 2.21.5, whose predecessors take index 0, RoCE v1 or a link-local address",
          "show_gids on every node: the index of the RoCE v2 entry with the IPv4 address; it must be the same on all.");
    else
      known("NCCL_IB_GID_INDEX=-1",
            "Finds the RoCE v2 address itself (NCCL_IB_ROCE_VERSION_NUM=2, NCCL_IB_ADDR_FAMILY).");
    site("NCCL_IB_TC", "104", "where the switches keep a lossless or marked class for RDMA, as they should",
         "Four times the DSCP that the switches match: DSCP 26 is 104. Otherwise traffic rides in class 0, which flow "
         "control does not protect.");
    out_.measure.push_back(
        {"NCCL_IB_QPS_PER_CONNECTION", "4",
         "Routes are hashed by flow: one queue pair is one path through the fabric, several spread over more."});
  }

  void efa() {
    set("NCCL_NET", "AWS Libfabric", "Fails where the aws-ofi-nccl plugin is missing, instead of falling back to TCP.");
    known("FI_PROVIDER, FI_EFA_USE_DEVICE_RDMA, NCCL_PROTO",
          "The plugin chooses them since aws-ofi-nccl 1.7 with libfabric 1.18; set by hand they only age.");
    known("NCCL_NVLS_CHUNKSIZE, NCCL_TUNER_PLUGIN", "The plugin sets what it tuned for each instance type.");
    site("FI_EFA_USE_HUGE_PAGE", "0", "where a data loader's fork fails with 'Cannot allocate memory'",
         "Costs a little; leave it out otherwise.");
    out_.verify.push_back(
        "NCCL_DEBUG=INFO prints 'NET/OFI Selected provider is efa'; fi_info -p efa lists the adapters.");
  }

  void slingshot() {
    set("NCCL_NET", "AWS Libfabric", "Fails where the aws-ofi-nccl plugin is missing, instead of falling back to TCP.");
    out_.warnings.push_back(
        "Slingshot's own variables (FI_CXI_*) depend on its software release; take them from the site's guide.");
    out_.verify.push_back("NCCL_DEBUG=INFO prints 'NET/OFI Selected provider is cxi'.");
  }

  void tcpx() {
    site("NCCL_GPUDIRECTTCPX_SOCKET_IFNAME", "eth1,eth2,eth3,eth4", "always: the plugin's four data interfaces",
         "ip -br addr on a node.");
    site("NCCL_GPUDIRECTTCPX_CTRL_DEV", "eth0", "always: the plugin's control interface",
         "The node's first interface.");
    site("NCCL_GPUDIRECTTCPX_UNIX_CLIENT_PREFIX", "/run/tcpx", "always: where the receive daemon's socket lies",
         "As the daemon was started.");
    out_.warnings.push_back(
        "Take the remaining values from the release of the TCPX plugin that the nodes run: they belong to it, not to "
        "NCCL.");
    out_.verify.push_back("NCCL_DEBUG=INFO prints 'NET/GPUDirectTCPX'.");
  }

  void tcpxo() {
    site("NCCL_FASTRAK_IFNAME", "eth1,eth2,eth3,eth4,eth5,eth6,eth7,eth8", "always: the plugin's eight data interfaces",
         "ip -br addr on a node.");
    site("NCCL_FASTRAK_CTRL_DEV", "eth0", "always: the plugin's control interface", "The node's first interface.");
    site("NCCL_FASTRAK_LLCM_DEVICE_DIRECTORY", "/dev/aperture_devices", "always", "Mounted by the node's image.");
    out_.warnings.push_back(
        "Run 'source ${NCCL_LIB_DIR}/nccl-env-profile.sh' of the installed plugin first: it sets what belongs to its "
        "release, and a "
        "checker stops the job where a variable differs.");
    out_.verify.push_back("NCCL_DEBUG=INFO prints 'NET/FasTrak'.");
  }

  void ethernet() {
    const char* reason =
        "One TCP stream does not fill 100 Gbit/s; NVIDIA gives 4 for generic networks of that rate. AWS and Google "
        "adapters have their own default.";
    auto& list = q_.nic_gb_per_s >= kFastEthernetGbPerS ? out_.settings : out_.measure;
    if (q_.nic_gb_per_s == 0 || q_.nic_gb_per_s >= kFastEthernetGbPerS) {
      list.push_back({"NCCL_SOCKET_NTHREADS", "4", reason});
      list.push_back({"NCCL_NSOCKS_PERTHREAD", "4", "The same; threads x sockets may not pass 64."});
    }
    site("NCCL_IB_DISABLE", "1", "where nodes have RDMA adapters that do not reach each other",
         "ibstat: State and Link layer of each port.");
    known("NCCL_NET", "Sockets are what is left where no adapter speaks RDMA.");
    out_.verify.push_back("NCCL_DEBUG=INFO prints 'NET/Socket : Using' with the interface that you mean.");
  }

  void everywhere() {
    if (!has_profile(q_.fabric)) {
      known("NCCL_ALGO, NCCL_PROTO",
            "Chosen for each size from the topology's rates; pinned they are wrong for most sizes.");
      known("NCCL_NTHREADS, NCCL_BUFFSIZE, NCCL_MIN_NCHANNELS, NCCL_MAX_NCHANNELS",
            "Follow from GPU and links; larger ones take memory and SMs away from the model.");
    }
    if (q_.version >= kHasRas && q_.num_nodes > 1)
      out_.verify.push_back(
          "ncclras on a node of a running job lists ranks that lag behind in a collective (2.24 and later).");
  }

  void debug() {
    out_.debug = {
        {"NCCL_DEBUG", "INFO",
         "Prints version, interfaces, rings and the variables that were read. WARN for production."},
        {"NCCL_DEBUG_SUBSYS", "INIT,ENV,NET,GRAPH", "The parts that a start-up problem needs."},
        {"NCCL_DEBUG_FILE", "/tmp/nccl.%h.%p.log", "One file for each host and process."},
        {"TORCH_DISTRIBUTED_DEBUG", "DETAIL",
         "PyTorch checks that ranks call the same collectives with the same shapes; slow."},
        {"TORCH_NCCL_DUMP_ON_TIMEOUT", "1", "PyTorch writes the last collectives of each rank when one times out."},
        {"TORCH_NCCL_TRACE_BUFFER_SIZE", "2000",
         "Collectives that are kept for that, on by default only in late releases of PyTorch."},
    };
  }
};

}  // namespace

NcclSettings nccl_settings(const NcclQuestion& question, const std::vector<NcclVariable>& variables) {
  return Advisor(question, variables).run();
}

}  // namespace shardplan::emit
