/// Writes the corpora from which fuzzing starts, a directory for each target, made by the program's own
/// writers.

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/status_text.h"
#include "tests/fuzz/small_index.h"

namespace {

using namespace leases;
using namespace leases::fuzz;

using Corpora = std::map<std::string, std::vector<std::string>>;

/// A message with a question for these types and names, after the byte that says in what pieces it comes.
std::string question(const std::vector<std::pair<int, std::string>>& keys) {
  std::string text;
  for (const auto& [type, name] : keys) {
    text += text.empty() ? "" : ",";
    text += R"({"key":{"class":1,"type":)" + std::to_string(type) + R"(,"name":")" + name + "\"}}";
  }
  return R"(~{"method":"io.systemd.Resolve.Hook.ResolveRecord","parameters":{"question":[)" + text + "]}}" +
         '\0';
}

Corpora corpora() {
  const std::vector<std::string> indexes{index_with({}, false), index_with(few_leases(), false),
                                         index_with(few_leases(), true)};
  const std::vector<std::string> files{
      "[]\n",
      status_text(few_leases()),
      status_text({few_leases()[0]}),
      R"([{"ip-address":"10.77.1.1","mac-address":"52:54:00:12:34:56","hostname":"vm","expiry-time":0}])",
      R"([{"ip-address":"10.77.1.1"}, {"hostname":"_s\"rv","ip-address":"FD00::1","expiry-time":0,"x":[{}]},5])",
      R"([{"ip-address":"10.77.1.2","hostname":"a b","expiry-time":0,"client-id":"ab:cd:"} , {"ip-address":7}])",
      "[\n  {\n    \"ip-address\": \"10.77.1.1\",\n    \"expiry"};
  const std::string v4 =
      "52:54:00:12:34:56\n10.77.1.1\nalpha\nDNSMASQ_INTERFACE=br0\nDNSMASQ_LEASE_EXPIRES=1995412919\n"
      "DNSMASQ_DOMAIN=lab\nDNSMASQ_CLIENT_ID=01:52:54:00:12:34:56\nDNSMASQ_SUPPLIED_HOSTNAME=\x1b[31m\n";
  return {
      {"index_bytes", indexes},
      {"index_fields", indexes},
      {"status_json", files},
      {"status_edit", files},
      {"hook_call",
       {"add\n" + v4, "old\n" + v4, "del\n" + v4, "init\nVIR_BRIDGE_NAME=virbr0\n", "tftp\n1\n10.0.0.1\n/x\n",
        "add\n00:01:00:01:2f:5c\nfd00::1\nalpha\nDNSMASQ_LEASE_LENGTH=3600\nDNSMASQ_IAID=T9\n"
        "DNSMASQ_MAC=06-02:00:00:00:00:01\nDNSMASQ_SERVER_DUID=00:01\nNSS_LEASES_NETWORK=lab\n",
        "old\n00:02:cd:\nfd00::1\n_srv\nDNSMASQ_LEASE_EXPIRES=0\nDNSMASQ_IAID=9\nDNSMASQ_DATA_MISSING=1\n",
        "add\n52:54:00:12:34:56\n10.77.1.1\nVIR_BRIDGE_NAME=virbr0\nDNSMASQ_LEASE_EXPIRES=0\n"
        "DNSMASQ_SUPPLIED_HOSTNAME=\xc3\xbc\x22\x5c.x\n"}},
      {"dnsmasq_leases",
       {"1795446835 52:54:00:77:00:04 10.77.1.133 given 01:52:54:00:77:00:04\n"
        "0 06-02:00:00:00:00:01 10.77.1.151 * ff:00:11\n1795448233 20- 10.77.1.152 CaseName *\n"
        "1795448233 52:54:00:00:00:01 10.77.1.150 early.corp.example *\n"
        "duid 00:01:00:01:2f:5c:02:00:52:54:00:00:00:01\n"
        "1795446836 7798785 fd77:1::17f six 00:03:00:01:52:54:00:77:00:01\n"
        "0 T77 fd77:1::150 tempo.corp *\n",
        "vendorclass 10.77.1.133 75:64\nagent-info 10.77.1.133 01:02\n5 x 10.77.1.1 a *\n7 52:54:00",
        "43200 52:54:00:12:34:56 10.0.0.1 _srv cd:\n1795446835 52:54:00:12:34:56 10.0.0.2 \xc3\xbc.x *\n",
        "1 aa:bb 10.0.0.1 a *\n2 cc:dd 10.0.0.1 b *\n"}},
      {"dhcp_hosts",
       {"52:54:00:12:34:56,10.0.0.5,web\nid:00:01:2a,six,[fd00::5]\n10.0.0.6,my vm\n",
        "interface=lan\ndhcp-host=06-02:00:00:00:00:01,set:a,10.0.0.5,[fd00::1],web.lab,12h # a\n"
        "dhcp-host=tag:a,10.0.0.6,db\ndhcp-host=[::5],six,ignore\n"}},
      {"mac_map",
       {R"([{"domain": "web", "macs": ["52:54:00:8c:2e:01", "52:54:00:01:00:02"]},)"
        R"( {"domain": "db.prod", "macs": ["52:54:00:8C:2E:00"], "uuid": null}])",
        R"([{"domain": "vm 1", "macs": ["06-02:00:00:00:00:01", "20-", 5]}, {"macs": []}, 1])",
        "[\n  {\n    \"domain\": \"web"}},
      {"kea_leases",
       {"\x02"
        "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_"
        "context\n"
        "10.1.0.5,52:54:00:00:00:01,01:52:54:00:00:00:01,3600,4102444800,1,0,0,web.lab.example.,0,\n"
        "10.1.0.6,,,4294967295,6060000000,1,0,0,a&#x2cb,0,\n10.1.0.5,,,0,4102444800,1,0,0,web,0,\n",
        "\x03"
        "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_"
        "rev,"
        "hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n"
        "fd00::5,00:03:00:01:52:54:00:00:00:07,3600,4102444800,1,1800,0,77,128,0,0,six,52:54:00:00:00:07,0,,"
        "1,2,0\n"
        "fd00:1::,00:03,3600,4102444800,1,1800,2,1,64,0,0,x,,0,,,,0\nfd00::5,00,1,2,1,0,1,T,128,0,0,x,x,2,,,,"
        "0\n"}},
      {"isc_dhcpd_leases",
       {"authoring-byte-order little-endian;\nserver-duid \"\\000\\001\\0011\\233\";\n"
        "lease 10.1.0.5 {\n  starts 4 2026/11/26 10:00:00;\n  ends 4 2036/11/26 12:00:00;\n  cltt 4 "
        "2026/11/26 "
        "10:00:00;\n  binding state active;\n  next binding state free;\n  hardware ethernet "
        "52:54:00:12:34:56;\n"
        "  uid \"\\001RT\\000\\0224V\";\n  set ddns-fwd-name = \"web.lab\";\n  client-hostname \"web\";\n}\n",
        "ia-na \"M\\000\\000\\000\\000\\003\" {\n  cltt 4 2026/11/26 10:00:00;\n  iaaddr fd00::5 {\n    "
        "binding state "
        "active;\n    ends never;\n    set client-name = \"six\";\n  }\n}\n",
        "ia-ta 01:00:00:00:00:03 {\n  iaaddr fd00::5 {\n    binding state active;\n    ends epoch "
        "4102444800; # x\n  "
        "}\n}\nlease 10.1.0.5 {\n  binding state free;\n"}},
      {"networkd_leases",
       {R"({"BootID":"x","Address":[10,1,0,1],"PrefixLength":24,"Leases":[{"ClientId":[1,82,84],"Address":[10,1,0,5],)"
        R"("Hostname":"web","HardwareAddressType":1,"HardwareAddressLength":6,"HardwareAddress":[82,84,0,18,52,86],)"
        R"("ExpirationUSec":1,"ExpirationRealtimeUSec":4102444800123456},)"
        R"({"Address":[10,1,0,6],"ExpirationRealtimeUSec":18446744073709551615}]})",
        R"({"Leases":[5,{"Address":"x"},{"Address":[1,2,3,4],"ExpirationRealtimeUSec":1000000,"Hostname":"a b"}]})"}},
      {"incus_process",
       {"name: dnsmasq\nargs: [--conf-file=/x, -s, incus, '_gateway.incus']\napparmor: x\npid: 5\n",
        "args:\n- -s\n- \"lab.example\"\npid: 5\n", "12345\n"}},
      {"name_range", {"ci-[08-12,100].lab", "a[0-3]b[7-9]", "plain", "x[5-1]", "n[0-18446744073709551615]"}},
      {"settings",
       {"state-directory = \"/srv/a\"\nruntime-directory = '/run/b'\n[names]\ndeny = [\"db-*\", "
        "'[a-c]?']\nallow = []\n",
        "names = 1\nstate-directory = \"relative\"\n",
        "[names]\ndeny = [1, {}]\nother = 1979-05-27T07:32:00Z\n",
        "libvirt-directory = ''\n[[source]]\nkind = 'dnsmasq-leases'\npath = '/srv/*.leases'\nnetwork = "
        "'lan'\n[[source]]\nkind = 'mac-map'\npath = 'x'\n[[source]]\nkind = 'kea-leases'\n"
        "path = '/srv/k.csv'\ndomain = 'lab.example'\n[[source]]\nkind = 'libvirt'\ndomain = 'a..b'\n"}},
      {"hook_message",
       {question({{1, "alpha"}, {28, "alpha"}}), question({{255, "twin.br1"}}),
        question({{12, "1.1.77.10.in-addr.arpa"}}),
        question({{1,
                   "b\xc3\xbc"
                   "cher.lab"},
                  {1, "xn--bcher-kva.lab"}}) +
            question({{15, "alpha.lab"}}).substr(1),
        R"(~{"method":"io.systemd.Resolve.Hook.QueryFilter","more":true})" + std::string(1, '\0'),
        R"(~{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"org.varlink.service"}})" +
            std::string(1, '\0') + R"({"method":"org.varlink.service.GetInfo","oneway":true})"}},
      {"etcd_reply",
       {R"({"header":{"cluster_id":"1","revision":"7"},"kvs":[{"key":"L25zcy1sZWFzZXMvdjEvaHYyL2hvc3Q=","value":)"
        R"("eyJpbnN0YW5jZSI6ImkiLCJ0aW1lIjoxNzk1NjkwODAwfQ==","lease":"7","mod_revision":"5"},{"key":)"
        R"("L25zcy1sZWFzZXMvdjEvaHYyL2xhYi8xMC4wLjAuMQ==","value":)"
        R"("eyJpcC1hZGRyZXNzIjoiMTAuMC4wLjEiLCJob3N0bmFtZSI6IndlYiIsImV4cGlyeS10aW1lIjowfQ=="}],"more":true})",
        R"({"result":{"header":{"revision":"7"},"events":[{"kv":{"key":"L25zcy1sZWFzZXMvdjEvaHYyL2hvc3Q=",)"
        R"("mod_revision":"6"}},{"type":"DELETE","kv":{"key":"L25zcy1sZWFzZXMvdjEvaHYyL2xhYi8xMC4wLjAuMQ=="}}]}})",
        R"({"result":{"canceled":true,"compact_revision":"12"}})", R"({"error":"etcdserver: x","code":11})",
        R"({"error":{"grpc_code":14,"message":"no leader"}})", R"({"result":{"ID":"7587","TTL":"30"}})"}},
      {"peer_record",
       {"/nss-leases/v1/hv2/lab/10.0.0.1\n"
        R"({"ip-address":"10.0.0.1","hostname":"web","domain":"lab.example","guest":"vm1","expiry-time":0,)"
        R"("last-change":"1.000000000","mac-address":"52:54:00:00:00:01"})",
        "/nss-leases/v1/hv2/host\n{\"instance\":\"i\",\"time\":1795690800}",
        "/nss-leases/v1/hv2/lab/fd00::1\n{\"ip-address\":\"fd00::1\",\"iaid\":\"7\",\"expiry-time\":5}"}},
      {"host_query",
       {"alpha", "Alpha.LAB.", "a..b", "10.77.1.1", "fd00:77::1", "52:54:00:12:34:56", "06-02:00:00:00:00:01",
        "T42", std::string(63, 'a') + ".lab"}}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (const auto& [target, seeds] : corpora()) {
    const std::filesystem::path directory = std::filesystem::path(argv[1]) / target;
    std::filesystem::create_directories(directory);
    for (std::size_t i = 0; i < seeds.size(); ++i)
      std::ofstream(directory / ("seed-" + std::to_string(i)), std::ios::binary) << seeds[i];
  }
}
