#pragma once

#include <sys/socket.h>

#include <string>

namespace millwright::registry {

/// Whether an address is one that a request from outside may make this server talk to: not loopback, private, link-local
/// (metadata of clouds), shared, multicast, documentation or otherwise special, also where it is wrapped in IPv6.
bool IsPublicAddress(const sockaddr& address);
/// Whether the text is an IPv4 or IPv6 address that is not public. Names are not resolved.
bool IsPrivateLiteral(const std::string& host);

}  // namespace millwright::registry
