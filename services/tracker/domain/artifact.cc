#include "tracker/domain/artifact.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/relative_path.h"
#include "lib/base/sha256.h"

namespace millwright::tracker {
namespace {

struct MediaType {
  absl::string_view extension;  // lower case; or a whole name without one
  const char* type;
};
// As MLflow's server names them. Answers go out as attachments under a policy that runs nothing, so a page is only a file here.
constexpr MediaType kMediaTypes[] = {
    {"txt", "text/plain"},        {"log", "text/plain"},        {"err", "text/plain"},       {"cfg", "text/plain"},
    {"conf", "text/plain"},       {"cnf", "text/plain"},        {"cf", "text/plain"},        {"ini", "text/plain"},
    {"prop", "text/plain"},       {"properties", "text/plain"}, {"hocon", "text/plain"},     {"toml", "text/plain"},
    {"yaml", "text/plain"},       {"yml", "text/plain"},        {"xml", "text/plain"},       {"json", "text/plain"},
    {"js", "text/plain"},         {"py", "text/plain"},         {"py3", "text/plain"},       {"csv", "text/plain"},
    {"tsv", "text/plain"},        {"md", "text/plain"},         {"rst", "text/plain"},       {"ipynb", "text/plain"},
    {"sh", "text/x-sh"},          {"mlmodel", "text/plain"},    {"mlproject", "text/plain"}, {"html", "text/html"},
    {"htm", "text/html"},         {"css", "text/css"},          {"svg", "image/svg+xml"},    {"png", "image/png"},
    {"jpg", "image/jpeg"},        {"jpeg", "image/jpeg"},       {"gif", "image/gif"},        {"webp", "image/webp"},
    {"bmp", "image/bmp"},         {"tif", "image/tiff"},        {"tiff", "image/tiff"},      {"pdf", "application/pdf"},
    {"tar", "application/x-tar"}, {"zip", "application/zip"},   {"sql", "application/sql"},  {"h5", "application/x-hdf5"},
    {"mp4", "video/mp4"},         {"webm", "video/webm"},       {"mp3", "audio/mpeg"},       {"wav", "audio/x-wav"},
};

absl::Status Refuse(absl::string_view path, const char* fault) {
  if (fault == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("path: \"", absl::CHexEscape(path.substr(0, 200)), "\" ", fault,
                                                 "; an artifact's path is like \"model/model.ubj\""));
}

}  // namespace

absl::Status CheckArtifactPath(absl::string_view path) { return Refuse(path, base::RelativePathFault(path)); }

absl::Status CheckStoredPath(absl::string_view path) {
  return Refuse(path, base::RelativePathFault(path.empty() ? "" : absl::StrCat("_/", path)));
}

absl::Status CheckSha256(absl::string_view field, absl::string_view text) {
  if (base::IsSha256Hex(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": \"", absl::CHexEscape(text.substr(0, 100)), "\" is not a SHA-256 (64 lower-case hex digits)"));
}

std::string MediaTypeOf(absl::string_view path) {
  const absl::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  const std::string extension = absl::AsciiStrToLower(dot == absl::string_view::npos ? name : name.substr(dot + 1));
  for (const MediaType& known : kMediaTypes) {
    if (known.extension == extension) return known.type;
  }
  return "application/octet-stream";
}

}  // namespace millwright::tracker
