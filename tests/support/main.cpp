#include <doctest/doctest.h>
#include <sys/stat.h>

int main(int argc, char** argv) {
  // The tests say which modes files get.
  ::umask(022);
  return doctest::Context(argc, argv).run();
}
