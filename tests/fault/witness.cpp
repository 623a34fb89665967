#include "tests/fault/witness.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <utility>

#include "tests/support/lookup.h"

namespace leases::test {

namespace {

std::string answer_to(const std::string& name) {
  const Reply reply = by_name(name);
  if (reply.found()) return reply.addresses;
  if (reply.unknown()) return "-";
  return reply.unavailable() ? "!" : "an error";
}

}  // namespace

Witness::Witness(std::vector<std::vector<Expectation>> expectations)
    : expectations_(std::move(expectations)),
      shared_(new (::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
                  Shared),
      process_(::fork()) {
  if (process_ == 0) {
    while (!shared_->over.load() && ::getppid() != 1) look();
    ::_exit(0);
  }
}

Witness::~Witness() {
  shared_->over.store(true);
  ::waitpid(process_, nullptr, 0);
  ::munmap(shared_, sizeof *shared_);
}

void Witness::watch(std::size_t expectations) {
  shared_->expectations.store(expectations);
  shared_->window.fetch_add(1);
}

void Witness::look_away() {
  shared_->window.fetch_add(1);
}

std::string Witness::complaint() const {
  if (shared_->wrong.load()) return shared_->text;
  return ::kill(process_, 0) == 0 ? "" : "the process that looks names up has ended";
}

void Witness::look() {
  // A process that never rests gets its processor in long turns on a busy machine, and sees less of what
  // happens between two system calls of the helper. It would also need as much of it as all the rest.
  ::usleep(50);
  const std::size_t window = shared_->window.load();
  if (window % 2 == 0) return;
  for (const Expectation& expectation : expectations_[shared_->expectations.load()]) {
    const std::string answer = answer_to(expectation.name);
    if (shared_->window.load() != window) return;
    ++shared_->judged;
    if (std::ranges::find(expectation.answers, answer) != expectation.answers.end() || shared_->wrong.load())
      continue;
    std::snprintf(shared_->text, sizeof shared_->text, "%s is answered with '%s'", expectation.name.c_str(),
                  answer.c_str());
    shared_->wrong.store(true);
  }
}

}  // namespace leases::test
