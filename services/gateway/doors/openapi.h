#pragma once

#include <string>

#include "gateway/doors/route_table.h"

namespace millwright::gateway {

/// The OpenAPI 3.0 description of all routes, as JSON text. Comments of the contracts are its descriptions.
std::string OpenApi(const RouteTable& routes);

}  // namespace millwright::gateway
