#pragma once

#include <map>
#include <string>
#include <vector>

namespace leases::cli {

/// What may stand in place of the last word of a command line that is being typed.
struct Expected {
  struct Word {
    std::string text;
    std::string help;
  };

  std::string command;              ///< the innermost that was given, as "zone"; empty: none
  std::vector<Word> words;          ///< commands, options and fixed values that begin like it
  std::vector<std::string> values;  ///< other values, as the help calls them: "NAME", "FILE"
  std::string begin;                ///< of such a value: the last word, or what follows its "--option="
  std::string before;               ///< that "--option=", or empty
  std::vector<std::string> taken;   ///< values that were given for the same option or argument
  std::map<std::string, std::vector<std::string>> given;  ///< of options, by "--option"
};

}  // namespace leases::cli
