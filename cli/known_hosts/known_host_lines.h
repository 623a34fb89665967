#pragma once

#include <optional>
#include <set>
#include <string>

namespace leases::cli {

/// The lines of the output of ssh-keygen -F without those that begin with a marker: `@cert-authority` and
/// `@revoked` are about keys of others, and are as true as before when a host has changed hands.
std::string unmarked_lines(const std::string& found);

/// Whether a line of the output of ssh-keygen -F has a pattern of hosts (sshd(8), SSH_KNOWN_HOSTS FILE
/// FORMAT).
bool has_pattern(const std::string& found);

/// The first host beside `host` in the lines of the output of ssh-keygen -F that is not one of `ours`;
/// nothing if there is none. Hosts that are hashed have lines of their own.
std::optional<std::string> foreign_host(const std::string& found, const std::string& host,
                                        const std::set<std::string>& ours);

/// `outcome`: what was done with a host's lines in a file. `found`: the output of ssh-keygen -F. One line
/// (schema/known-host.schema.json).
std::string known_host_json(const std::string& host, const std::string& file, const char* outcome,
                            const std::string& found);

}  // namespace leases::cli
