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
      {"mac_map",
       {R"([{"domain": "web", "macs": ["52:54:00:8c:2e:01", "52:54:00:01:00:02"]},)"
        R"( {"domain": "db.prod", "macs": ["52:54:00:8C:2E:00"], "uuid": null}])",
        R"([{"domain": "vm 1", "macs": ["06-02:00:00:00:00:01", "20-", 5]}, {"macs": []}, 1])",
        "[\n  {\n    \"domain\": \"web"}},
      {"name_range", {"ci-[08-12,100].lab", "a[0-3]b[7-9]", "plain", "x[5-1]", "n[0-18446744073709551615]"}},
      {"settings",
       {"state-directory = \"/srv/a\"\nruntime-directory = '/run/b'\n[names]\ndeny = [\"db-*\", "
        "'[a-c]?']\nallow = []\n",
        "names = 1\nstate-directory = \"relative\"\n",
        "[names]\ndeny = [1, {}]\nother = 1979-05-27T07:32:00Z\n",
        "libvirt-directory = ''\n[[source]]\nkind = 'dnsmasq-leases'\npath = '/srv/*.leases'\nnetwork = "
        "'lan'\n[[source]]\nkind = 'mac-map'\npath = 'x'\n"}},
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
