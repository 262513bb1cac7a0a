#include "gateway/doors/web_files.h"

#include <zlib.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/rpc/log.h"

namespace millwright::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 2000;
constexpr std::size_t kMaxFileBytes = 32 << 20;

std::string TypeOf(const fs::path& path) {
  static const auto* types = new std::map<std::string, std::string>{{".html", "text/html; charset=utf-8"},
                                                                    {".js", "text/javascript; charset=utf-8"},
                                                                    {".mjs", "text/javascript; charset=utf-8"},
                                                                    {".css", "text/css; charset=utf-8"},
                                                                    {".json", "application/json"},
                                                                    {".map", "application/json"},
                                                                    {".svg", "image/svg+xml"},
                                                                    {".png", "image/png"},
                                                                    {".ico", "image/x-icon"},
                                                                    {".jpg", "image/jpeg"},
                                                                    {".webp", "image/webp"},
                                                                    {".woff2", "font/woff2"},
                                                                    {".woff", "font/woff"},
                                                                    {".txt", "text/plain; charset=utf-8"},
                                                                    {".webmanifest", "application/manifest+json"}};
  const auto it = types->find(path.extension().string());
  return it == types->end() ? "application/octet-stream" : it->second;
}

std::string Gzip(const std::string& content) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return "";
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool is_done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return is_done && out.size() < content.size() ? out : "";
}

bool LooksLikeFile(const std::string& path) {
  const std::string last = path.substr(path.rfind('/') + 1);
  return absl::StartsWith(path, "/assets/") || absl::EndsWith(last, ".js") || absl::EndsWith(last, ".css") ||
         absl::EndsWith(last, ".map") || absl::EndsWith(last, ".png") || absl::EndsWith(last, ".svg") ||
         absl::EndsWith(last, ".ico");
}

}  // namespace

void WebFiles::RefreshLocked() {
  std::error_code error;
  const auto changed_at = fs::last_write_time(folder_ / "index.html", error);
  if (error || changed_at == read_at_) return;
  Files files;
  for (auto it = fs::recursive_directory_iterator(folder_, error); !error && it != fs::recursive_directory_iterator();
       it.increment(error)) {
    if (!it->is_regular_file() || it->is_symlink() || files.size() >= kMaxFiles) continue;
    const auto content = base::ReadFile(it->path(), kMaxFileBytes);
    if (!content.ok()) {
      rpc::LogWarning("web file not served", {{"file", it->path().string()}, {"error", std::string(content.status().message())}});
      continue;
    }
    const std::string path = absl::StrCat("/", fs::relative(it->path(), folder_).generic_string());
    auto file = std::make_shared<WebFile>();
    file->content = *content;
    file->gzip = Gzip(*content);
    file->type = TypeOf(it->path());
    file->is_immutable = absl::StartsWith(path, "/assets/");
    files[path] = std::move(file);
  }
  files_ = std::move(files);
  read_at_ = changed_at;
}

std::shared_ptr<const WebFile> WebFiles::Find(const std::string& path) {
  absl::MutexLock lock(&mutex_);
  if (path == "/" || path == "/index.html" || files_.empty() || !files_.contains(path)) RefreshLocked();
  const auto it = files_.find(path);
  if (it != files_.end()) return it->second;
  if (LooksLikeFile(path)) return nullptr;
  const auto index = files_.find("/index.html");
  return index == files_.end() ? nullptr : index->second;
}

}  // namespace millwright::gateway
