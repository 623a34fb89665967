/// lookup_bench COUNT GROUP [option of Google Benchmark ...]: what a warm lookup takes in a machine with
/// COUNT leases, as machine.py makes it. Each group is its own process, because glibc decides once per
/// process what it asks.
///
///     module       the module's entry points, beside a bare binary search and libnss_libvirt's
///     getaddrinfo  glibc's getaddrinfo(), with one service in nsswitch.conf
///     nscd         the same, answered by nscd
///
/// The module is the file in the environment variable NSS_LEASES_MODULE.

#include <benchmark/benchmark.h>
#include <sys/socket.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include "tests/bench/name_service.h"
#include "tests/bench/names.h"
#include "tests/bench/prefix_search.h"

namespace leases::bench {

namespace {

constexpr const char* kAllHosts = "/etc/hosts.all";
constexpr const char* kOneHost = "/etc/hosts.one";
/// Above this, libnss_libvirt and /etc/hosts take so long that there is nothing more to learn.
constexpr std::uint32_t kMostForOthers = 65'000;

/// Asks at random places of the sequence, each thread at its own.
template <typename Ask>
void ask_all(benchmark::State& state, bool expected, const Ask& ask) {
  std::size_t position = Draws::kCount / 8 * static_cast<std::size_t>(state.thread_index());
  std::size_t wrong = 0;
  for (auto _ : state) {
    wrong += static_cast<std::size_t>(ask(position++) != expected);
  }
  if (wrong > 0) state.SkipWithError("wrong answers");
}

class Suite {
 public:
  explicit Suite(std::uint32_t count)
      : count_(count), hits_(count, Draws::Kind::hits), misses_(count, Draws::Kind::misses) {}

  void add_module(const std::string& file) {
    const PrefixSearch search(count_);
    add("prefix-search/hit", [=, this](auto& state) {
      ask_all(state, true, [&](std::size_t i) { return search.contains(hits_.name(i)); });
    });
    const Module leases("leases", file);
    add_names("leases", leases);
    add("leases/reverse", [=, this](auto& state) {
      ask_all(state, true, [&](std::size_t i) { return leases.by_address(hits_.address(i)); });
    });
    for (const int threads : {1, 2, 8}) {
      add("leases/parallel",
          [=, this](auto& state) {
            ask_all(state, true, [&](std::size_t i) { return leases.by_name(hits_.name(i)); });
          })
          ->Threads(threads)
          ->UseRealTime();
    }
    if (count_ <= kMostForOthers) add_names("libvirt", Module("libvirt", "libnss_libvirt.so.2"));
  }

  void add_getaddrinfo() {
    add_service("leases", kOneHost);
    if (count_ > kMostForOthers) return;
    for (const char* service : {"libvirt", "files", "dns"}) add_service(service, kAllHosts);
    for (const int family : {AF_INET, AF_UNSPEC}) {
      add("files-one-line/" + text_of(family), [=](auto& state) {
        use_hosts("files", kOneHost);
        const std::string name = host_name(0);
        ask_all(state, true, [&](std::size_t) { return resolves(name.c_str(), family); });
      });
    }
  }

  /// nscd knows a name once it was asked for it.
  void add_nscd() {
    for (const int family : {AF_INET, AF_UNSPEC}) {
      for (std::uint32_t n = 0; n < count_; ++n) resolves(host_name(n).c_str(), family);
      add("nscd/" + text_of(family), [=, this](auto& state) {
        ask_all(state, true, [&](std::size_t i) { return resolves(hits_.name(i), family); });
      });
    }
    add("nscd/miss", [](auto& state) {
      static std::uint32_t asked = 1'000'000;
      ask_all(state, false, [](std::size_t) { return resolves(host_name(asked++).c_str(), AF_INET); });
    });
  }

 private:
  using Body = std::function<void(benchmark::State&)>;

  static benchmark::internal::Benchmark* add(const std::string& name, const Body& body) {
    return benchmark::RegisterBenchmark(name.c_str(), body);
  }
  static std::string text_of(int family) { return family == AF_INET ? "inet" : "unspec"; }

  void add_names(const std::string& service, const Module& module) {
    add(service + "/hit", [=, this](auto& state) {
      ask_all(state, true, [&](std::size_t i) { return module.by_name(hits_.name(i)); });
    });
    add(service + "/miss", [=, this](auto& state) {
      ask_all(state, false, [&](std::size_t i) { return module.by_name(misses_.name(i)); });
    });
  }

  void add_service(const std::string& service, const std::string& hosts_file) {
    for (const int family : {AF_INET, AF_UNSPEC}) {
      add(service + '/' + text_of(family), [=, this](auto& state) {
        use_hosts(service, hosts_file);
        resolves(hits_.name(0), family);
        ask_all(state, true, [&](std::size_t i) { return resolves(hits_.name(i), family); });
      });
    }
  }

  std::uint32_t count_;
  Draws hits_;
  Draws misses_;
};

}  // namespace

}  // namespace leases::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const char* module = std::getenv("NSS_LEASES_MODULE");
  if (argc != 3 || module == nullptr) {
    std::fputs("usage: NSS_LEASES_MODULE=FILE lookup_bench COUNT module|getaddrinfo|nscd\n", stderr);
    return EXIT_FAILURE;
  }
  leases::bench::Suite suite(static_cast<std::uint32_t>(std::atoi(argv[1])));
  const std::string group = argv[2];
  if (group == "module") suite.add_module(module);
  if (group == "getaddrinfo") suite.add_getaddrinfo();
  if (group == "nscd") suite.add_nscd();
  return benchmark::RunSpecifiedBenchmarks() > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
