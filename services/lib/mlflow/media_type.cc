#include "lib/mlflow/media_type.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace millwright::mlflow {
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

}  // namespace

std::string MediaTypeOf(absl::string_view path) {
  absl::string_view name = path.substr(path.rfind('/') + 1);
  // x.tar.gz is a tar to MLflow.
  for (const absl::string_view packed : {".gz", ".bz2", ".xz", ".Z", ".br"}) {
    if (absl::EndsWith(name, packed)) name.remove_suffix(packed.size());
  }
  if (absl::ConsumeSuffix(&name, ".tgz")) return "application/x-tar";
  const std::size_t dot = name.rfind('.');
  const std::string extension = absl::AsciiStrToLower(dot == absl::string_view::npos ? name : name.substr(dot + 1));
  for (const MediaType& known : kMediaTypes) {
    if (known.extension == extension) return known.type;
  }
  return "application/octet-stream";
}

}  // namespace millwright::mlflow
