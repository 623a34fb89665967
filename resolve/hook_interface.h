#pragma once

namespace leases::resolve {

/// What a client may ask for with org.varlink.service.GetInterfaceDescription: the interfaces, in the
/// language of varlink.org, "Interface Definition".
inline constexpr char kServiceInterface[] = R"(# What every varlink service has.
interface org.varlink.service

method GetInfo() -> (
  vendor: string,
  product: string,
  version: string,
  url: string,
  interfaces: []string
)

method GetInterfaceDescription(interface: string) -> (description: string)

error InterfaceNotFound (interface: string)
error MethodNotFound (method: string)
error MethodNotImplemented (method: string)
error InvalidParameter (parameter: string)
error PermissionDenied ()
error ExpectedMore ()
)";

inline constexpr char kHookInterface[] = R"(# By which systemd-resolved asks for names.
interface io.systemd.Resolve.Hook

# A key of resource records: numbers of class and type, and a name as text.
type ResourceKey (class: int, type: int, name: string)

type Question (key: ResourceKey)

# A resource record in the wire format of DNS, in Base64.
type Answer (raw: string)

# Which names are worth asking for: those that are one of the domains or in one. No domains at all: every name; an
# empty list: none. With "more", another reply takes the place of the one before whenever this changes.
method QueryFilter() -> (
  filterDomains: ?[]string,
  filterLabelsMin: ?int,
  filterLabelsMax: ?int
)

# The records of all keys together. Without rcode: no lease has any of the names.
method ResolveRecord(question: []Question) -> (rcode: ?int, answer: ?[]Answer)
)";

}  // namespace leases::resolve
