#pragma once

#include <string>
#include <vector>

namespace leases::cli {

/// The word that somebody who typed `word` most likely meant; empty if none of them is near: at most one
/// character in three is missing, added, another one or changed places with the next.
std::string similar_word(const std::string& word, const std::vector<std::string>& words);

}  // namespace leases::cli
