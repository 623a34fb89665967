#pragma once

#include <sys/types.h>

#include <atomic>
#include <string>
#include <vector>

namespace leases::test {

/// What the module may answer to a name while something happens: each a text as Reply::addresses has it, "-"
/// for an unknown name and "!" for no index.
struct Expectation {
  std::string name;
  std::vector<std::string> answers;
};

/// Another process, which looks names up in the module all the while. It judges only the lookups that lie
/// wholly between watch() and look_away().
class Witness {
 public:
  /// All that will be expected, so that the other process knows it; watch() chooses from it by position.
  explicit Witness(std::vector<std::vector<Expectation>> expectations);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness();

  void watch(std::size_t expectations);
  void look_away();

  /// How many lookups it has judged.
  [[nodiscard]] std::size_t judged() const { return shared_->judged.load(); }
  /// The first wrong answer, empty if there was none; and if the process itself has ended.
  [[nodiscard]] std::string complaint() const;

 private:
  struct Shared {
    std::atomic<std::size_t> window{0};  ///< odd while it watches
    std::atomic<std::size_t> expectations{0};
    std::atomic<std::size_t> judged{0};
    std::atomic<bool> wrong{false};
    std::atomic<bool> over{false};
    char text[512];
  };
  void look();

  std::vector<std::vector<Expectation>> expectations_;
  Shared* shared_;
  pid_t process_;
};

}  // namespace leases::test
