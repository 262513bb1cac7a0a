#include "lib/base/random.h"

#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "lib/base/check.h"

namespace millwright::base {

std::string RandomHex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(raw.data()), static_cast<int>(bytes)) == 1);
  return absl::BytesToHexString(raw);
}

}  // namespace millwright::base
