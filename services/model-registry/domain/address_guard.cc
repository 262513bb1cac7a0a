#include "model-registry/domain/address_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace millwright::registry {
namespace {

struct Block {
  std::uint32_t network;
  int bits;
};
constexpr std::uint32_t V4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr Block kSpecial[] = {
    {V4(0, 0, 0, 0), 8},      {V4(10, 0, 0, 0), 8},     {V4(100, 64, 0, 0), 10}, {V4(127, 0, 0, 0), 8},
    {V4(169, 254, 0, 0), 16}, {V4(172, 16, 0, 0), 12},  {V4(192, 0, 0, 0), 24},  {V4(192, 0, 2, 0), 24},
    {V4(192, 88, 99, 0), 24}, {V4(192, 168, 0, 0), 16}, {V4(198, 18, 0, 0), 15}, {V4(198, 51, 100, 0), 24},
    {V4(203, 0, 113, 0), 24}, {V4(224, 0, 0, 0), 3},
};

bool IsPublicV4(std::uint32_t address) {
  for (const Block& block : kSpecial) {
    if (((address ^ block.network) >> (32 - block.bits)) == 0) return false;
  }
  return true;
}

std::uint32_t V4At(const std::uint8_t* bytes) { return V4(bytes[0], bytes[1], bytes[2], bytes[3]); }

bool IsPublicV6(const std::uint8_t* a) {
  static constexpr std::uint8_t kZero[12] = {};
  static constexpr std::uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr std::uint8_t kNat64[12] = {0, 0x64, 0xFF, 0x9B};
  if (std::memcmp(a, kMapped, 12) == 0 || std::memcmp(a, kNat64, 12) == 0) return IsPublicV4(V4At(a + 12));
  if (std::memcmp(a, kZero, 12) == 0) return false;                  // ::, ::1, and IPv4 as it was once wrapped
  if (a[0] == 0x20 && a[1] == 0x02) return IsPublicV4(V4At(a + 2));  // 6to4
  // Of all others only 2000::/3 is given out, without Teredo, benchmarking, ORCHID and documentation.
  if ((a[0] & 0xE0) != 0x20) return false;
  if (a[0] == 0x20 && a[1] == 0x01 && (a[2] & 0xFE) == 0) return false;
  return !(a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0D && a[3] == 0xB8);
}

}  // namespace

bool IsPublicAddress(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return IsPublicV4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &address, sizeof v6);
    return IsPublicV6(v6.sin6_addr.s6_addr);
  }
  return false;
}

bool IsPrivateLiteral(const std::string& host) {
  in_addr v4;
  if (inet_aton(host.c_str(), &v4) != 0)
    return !IsPublicV4(ntohl(v4.s_addr));  // also 127.1 and 0x7f000001, as resolvers read them
  in6_addr v6;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && !IsPublicV6(v6.s6_addr);
}

}  // namespace millwright::registry
