#include "import/source_readings.h"

#include <algorithm>
#include <string>

#include "util/directory.h"
#include "util/error.h"

namespace leases {

IndexView PresentIndex::view_of(Copy& copy, IndexCopy::Part part) const {
  try {
    if (!copy) {
      copy.emplace();
      const auto directory = Directory::open_existing(settings_.runtime_directory);
      std::string problem;
      if (directory) *copy = IndexCopy::of(*directory, problem, part);
    }
  } catch (const Error&) {
    // The transaction will report it.
  }
  return *copy ? (*copy)->view() : IndexView();
}

std::optional<IndexedSource> copy_of(const IndexedSource* source) {
  return source != nullptr ? std::optional(*source) : std::nullopt;
}

bool Reading::is_news() const {
  using State = SourceReading::State;
  return contents.state == State::read || contents.state == State::same ||
         (contents.state == State::gone && base);
}

Readings::Readings(const Settings& settings, const SourcesInIndex& index, SourceReader& reader,
                   ImportScope scope)
    : files(configured_sources(settings)), known(index.all()) {
  reader.begin_again();
  for (SourceFile& file : files.files) {
    const auto base = copy_of(index.find(file.network, file.path));
    if (file.keeps_domain && base) file.domain = base->domain;
    list.push_back({file, base, reader.read(file, index, scope)});
  }
  if (!any(SourceReading::State::unsettled)) return;
  reader.look_at_writers();
  for (Reading& reading : list) reader.settle(reading.file, reading.contents);
}

bool Readings::any(SourceReading::State state) const {
  return std::ranges::any_of(list, [=](const Reading& reading) { return reading.contents.state == state; });
}

bool Readings::any_news() const {
  return std::ranges::any_of(list, &Reading::is_news);
}

}  // namespace leases
