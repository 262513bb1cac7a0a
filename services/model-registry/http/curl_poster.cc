#include "model-registry/http/curl_poster.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "model-registry/domain/address_guard.h"

namespace millwright::registry {
namespace {

constexpr std::size_t kMaxAnswer = 64 << 10;

struct Transfer {
  bool may_be_private = false;
  bool was_refused = false;
  std::size_t read = 0;
};

curl_socket_t OpenSocket(void* data, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(data);
  if (!transfer->may_be_private && !IsPublicAddress(address->addr)) {
    transfer->was_refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t TakeAnswer(char*, std::size_t size, std::size_t count, void* data) {
  auto* transfer = static_cast<Transfer*>(data);
  transfer->read += size * count;
  return transfer->read > kMaxAnswer ? 0 : size * count;  // more than anybody has to say ends the transfer
}

}  // namespace

CurlPoster::CurlPoster(CurlPosterOptions options) : options_(options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  CHECK(ready == CURLE_OK);
}

PostAnswer CurlPoster::Send(const Post& post) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  CHECK(curl != nullptr);
  curl_slist* list = nullptr;
  for (const std::string& header : post.headers) list = curl_slist_append(list, header.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(list, &curl_slist_free_all);
  Transfer transfer{.may_be_private = options_.may_be_private};
  char error[CURL_ERROR_SIZE] = "";
  CURL* easy = curl.get();
  curl_easy_setopt(easy, CURLOPT_URL, post.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options_.timeout / 2)));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "Millwright/" MILLWRIGHT_VERSION);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, post.body.data());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(post.body.size()));
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeAnswer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  const CURLcode code = curl_easy_perform(easy);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  PostAnswer answer{.status = static_cast<int>(status)};
  if (transfer.was_refused && status == 0) {
    answer.error = "the host is at a private address, which this server does not send to";
  } else if (code != CURLE_OK && code != CURLE_WRITE_ERROR) {
    answer.status = 0;  // an answer that did not come whole is none
    answer.error = error[0] != '\0' ? error : curl_easy_strerror(code);
  } else if (status >= 300 && status < 400) {
    answer.error = absl::StrCat("answered with status ", status, "; redirects are not followed");
  }
  return answer;
}

}  // namespace millwright::registry
