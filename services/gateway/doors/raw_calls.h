#pragma once

#include <httplib.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/doors/backends.h"
#include "gateway/doors/dialect.h"
#include "gateway/doors/doorkeeper.h"
#include "gateway/doors/header_fields.h"

namespace millwright::gateway {

/// Calls whose request or answer is bytes (BODY_RAW), streamed between socket and service and never held whole: at most a piece
/// of 256 KiB is in our hands, and the next one is not taken before the other side has taken it. Thread-safe.
class RawCalls {
 public:
  /// `longest`: of one transfer. A side that moves nothing is given up much earlier: HttpServerOptions::silence_seconds.
  RawCalls(Doorkeeper& doorkeeper, const Backends& backends, absl::Duration longest)
      : doorkeeper_(doorkeeper), backends_(backends), longest_(longest) {}

  /// Streams the request's body, with the fields of path and query and the headers in the first message, and writes the answer
  /// in `dialect`. An error is returned, to be refused by the caller; what is left of the body may then be unread.
  absl::Status Upload(Exchange& exchange, Visit visit, const RouteMatch& match, const Dialect& dialect,
                      const httplib::ContentReader& body);
  /// Streams the answer as the response's body; its first message has the headers. `Range` is exchange.request's header
  /// kRangeHeader. An error before the first message is returned.
  absl::Status Download(Exchange& exchange, Visit visit, const RouteMatch& match, const Dialect& dialect);

 private:
  Doorkeeper& doorkeeper_;
  const Backends& backends_;
  const absl::Duration longest_;
};

}  // namespace millwright::gateway
