#pragma once

#include <httplib.h>

#include <string>

namespace millwright::gateway {

/// One HTTP request and its answer.
struct Exchange {
  const httplib::Request& request;
  httplib::Response& response;
  std::string request_id;
  std::string path;   // raw
  std::string query;  // raw
};

inline constexpr char kJsonType[] = "application/json";

/// In place of the default one: set_header would add a second.
inline void ReplaceHeader(httplib::Response& response, const std::string& name, const std::string& value) {
  response.headers.erase(name);
  response.set_header(name, value);
}

/// Without the copy that set_content makes.
inline void SetBody(httplib::Response& response, std::string body, const char* type) {
  response.body = std::move(body);
  ReplaceHeader(response, "Content-Type", type);
}

}  // namespace millwright::gateway
