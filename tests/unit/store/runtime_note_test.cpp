#include "store/runtime_note.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/files.h"
#include "util/directory.h"

namespace leases::test {

TEST_SUITE_BEGIN("runtime_note");

TEST_CASE("a note has what was written last, and nothing once it is removed") {
  const TemporaryDirectory place;
  const auto directory = Directory::open_or_create(place.path());
  const RuntimeNote note(directory, "note", 10);
  CHECK(note.text().empty());
  CHECK(note.write("one"));
  CHECK(note.write("two"));
  CHECK(note.text() == "two");
  note.remove();
  CHECK(note.text().empty());
}

TEST_CASE("a note that is too large or not a file, or that another user may have written, is empty") {
  const TemporaryDirectory place;
  const auto directory = Directory::open_or_create(place.path());
  const RuntimeNote note(directory, "note", 10);
  CHECK(note.write("0123456789"));
  CHECK(note.text() == "0123456789");
  CHECK(note.write("0123456789a"));
  CHECK(note.text().empty());
  CHECK(note.write("one"));
  REQUIRE(::chmod(place.path_of("note").c_str(), 0666) == 0);
  CHECK(note.text().empty());
  note.remove();
  write_file(place.path_of("other"), "one");
  std::filesystem::create_symlink("other", place.path_of("note"));
  CHECK(note.text().empty());
}

TEST_CASE("a note that cannot be written says so") {
  const TemporaryDirectory place;
  const auto directory = Directory::open_or_create(place.path());
  std::filesystem::create_directory(place.path_of("note"));
  CHECK_FALSE(RuntimeNote(directory, "note", 10).write("one"));
}

TEST_SUITE_END();

}  // namespace leases::test
