#include "import/networkd_leases.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "import/expiry_order.h"
#include "import/lease_name.h"

namespace leases {

namespace {

namespace dom = simdjson::dom;

constexpr std::uint64_t kMicroseconds = 1'000'000;  // in a second

/// The bytes of a JSON array of at most kMaxIdentifier numbers; nothing if the value is anything else.
class ByteArray {
 public:
  explicit ByteArray(const dom::element& value) {
    dom::array numbers;
    if (value.get_array().get(numbers) != simdjson::SUCCESS || numbers.size() > bytes_.size()) return;
    for (const dom::element number : numbers) {
      std::uint64_t byte = 0;
      if (number.get_uint64().get(byte) != simdjson::SUCCESS || byte > 255) return;
      bytes_[size_++] = static_cast<std::uint8_t>(byte);
    }
    is_read_ = true;
  }

  [[nodiscard]] bool is_read() const { return is_read_; }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::array<std::uint8_t, kMaxIdentifier> bytes_{};
  std::size_t size_ = 0;
  bool is_read_ = false;
};

std::optional<IpAddress> address_of(const dom::element& value) {
  const ByteArray array(value);
  if (!array.is_read() || array.bytes().size() != 4) return {};
  IpAddress address;
  std::ranges::copy(array.bytes(), address.bytes.begin());
  return address;
}

class NetworkdParser {
 public:
  explicit NetworkdParser(const SourceText& source)
      : network_(file_.texts.keep(source.network)), domain_(source.domain) {}

  ParsedFile parse(std::string_view text, ChangeTime written) {
    file_.complete = false;
    dom::parser parser;
    dom::element file;
    if (parser.parse(text.data(), text.size()).get(file) != simdjson::SUCCESS || !file.is_object()) {
      file_.damage = text.empty() ? "is empty" : "is not a whole JSON object";
      return std::move(file_);
    }
    dom::element leases;
    // networkd leaves an empty list out.
    if (file["Leases"].get(leases) != simdjson::SUCCESS || leases.is_null()) return std::move(file_);
    dom::array list;
    if (leases.get_array().get(list) != simdjson::SUCCESS) {
      file_.damage = "has 'Leases' that are not a list";
      return std::move(file_);
    }
    for (const dom::element item : list) {
      ++number_;
      const std::string_view wrong = read(item);
      if (!wrong.empty()) file_.problems.add({where(), std::string(wrong) + "; it is left out", {}});
    }
    order_by_expiry(file_.leases, written);
    return std::move(file_);
  }

 private:
  /// Why the lease is left out; empty if it is not.
  std::string_view read(const dom::element& item) {
    if (!item.is_object()) return "is not an object";
    Lease lease;
    lease.network = network_;
    dom::element value;
    if (item["Address"].get(value) != simdjson::SUCCESS) return "has no 'Address'";
    const auto address = address_of(value);
    if (!address) return "'Address' is not a list of four bytes";
    lease.address = *address;
    std::uint64_t end = 0;
    if (item["ExpirationRealtimeUSec"].get_uint64().get(end) != simdjson::SUCCESS || end < kMicroseconds)
      return "'ExpirationRealtimeUSec' is not a time in microseconds";
    if (end != std::numeric_limits<std::uint64_t>::max()) lease.expiry = {end / kMicroseconds};
    if (item["ClientId"].get(value) == simdjson::SUCCESS && !read_client_id(lease, value))
      is_without("'ClientId' is not a list of bytes", lease);
    if (item["HardwareAddress"].get(value) == simdjson::SUCCESS && !read_hardware(lease, item, value))
      is_without("'HardwareAddress' is not a hardware address", lease);
    read_name(lease, item);
    file_.leases.push_back(lease);
    return {};
  }

  bool read_client_id(Lease& lease, const dom::element& value) {
    const ByteArray array(value);
    if (!array.is_read()) return false;
    lease.client_id = file_.texts.keep_bytes(array.bytes());
    return true;
  }

  /// True also if there is none.
  static bool read_number(simdjson::simdjson_result<dom::element> value, std::uint64_t& number) {
    return value.error() == simdjson::NO_SUCH_FIELD || value.get_uint64().get(number) == simdjson::SUCCESS;
  }

  /// The list may have all 16 bytes of DHCP's field: the length says how many count.
  static bool read_hardware(Lease& lease, const dom::element& item, const dom::element& value) {
    const ByteArray array(value);
    HardwareAddress hardware;
    std::uint64_t length = array.bytes().size();
    std::uint64_t type = hardware.type;
    const bool is_right =
        read_number(item["HardwareAddressLength"], length) && read_number(item["HardwareAddressType"], type);
    if (!array.is_read() || !is_right || length > array.bytes().size() || length > hardware.bytes.size() ||
        type > std::numeric_limits<std::uint16_t>::max())
      return false;
    hardware.type = static_cast<std::uint16_t>(type);
    hardware.length = static_cast<std::uint8_t>(length);
    std::ranges::copy(array.bytes().first(static_cast<std::size_t>(length)), hardware.bytes.begin());
    lease.hardware = hardware;
    return true;
  }

  void read_name(Lease& lease, const dom::element& item) {
    dom::element value;
    if (item["Hostname"].get(value) != simdjson::SUCCESS || value.is_null()) return;
    std::string_view name;
    const bool is_text = value.get_string().get(name) == simdjson::SUCCESS;
    if (is_text && name.empty()) return;
    if (!is_text || !take_clients_name(lease, name, domain_, file_.texts))
      is_without("'Hostname' " + std::string(kIsNoName), lease);
  }

  void is_without(const std::string& what, const Lease& lease) {
    file_.problems.add(lease_without(where(), what, lease.address));
  }

  [[nodiscard]] std::string where() const { return "lease " + std::to_string(number_); }

  ParsedFile file_;
  std::string_view network_;
  std::string_view domain_;
  std::size_t number_ = 0;  ///< of the lease
};

}  // namespace

ParsedFile parse_networkd_leases(const SourceText& source) {
  return NetworkdParser(source).parse(source.text, source.modified);
}

}  // namespace leases
