#pragma once

#include <google/protobuf/message.h>
#include <httplib.h>

#include <string>

#include "gateway/doors/method_table.h"

namespace millwright::gateway {

/// Where the door puts the Range header, which cpp-httplib would act on itself. No client can send a header of this name.
inline constexpr char kRangeHeader[] = ":range";

/// Gives the fields that stand for HTTP headers (the option `header`) the values of the request's headers, and no value where
/// there is no such header: they come from nowhere else. A header that its field cannot hold counts as not sent.
void SetHeaderFields(const httplib::Request& request, google::protobuf::Message& message);

/// The same for a message of `type` that is already bytes.
std::string WithHeaderFields(const httplib::Request& request, const google::protobuf::Descriptor& type, std::string bytes);

/// Sets the response's headers from such fields, except Content-Length and Content-Type, which go with the body.
void WriteHeaderFields(const google::protobuf::Message& message, httplib::Response& response);

/// The text of the field that stands for a header; "" for none.
std::string HeaderField(const google::protobuf::Message& message, const std::string& header);

}  // namespace millwright::gateway
