#include "serving/cache/deployment_file.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace millwright::serving {
namespace {

using nlohmann::json;

json ToJson(const Deployment& deployment) {
  json out = {
      {"workspace_id", deployment.key.workspace.value()}, {"name", deployment.key.name}, {"revision", deployment.revision}};
  if (!deployment.primary) return out;
  json files = json::array();
  for (const BundleFile& file : deployment.primary->files)
    files.push_back({{"path", file.path}, {"sha256", file.sha256}, {"size", file.size}});
  out["primary"] = {
      {"version", deployment.primary->version}, {"content_hash", deployment.primary->content_hash}, {"files", std::move(files)}};
  return out;
}

Deployment FromJson(const json& in) {
  Deployment deployment;
  deployment.key.workspace = base::WorkspaceId(in.at("workspace_id").get<std::string>());
  deployment.key.name = in.at("name").get<std::string>();
  deployment.revision = in.at("revision").get<std::int64_t>();
  if (!in.contains("primary")) return deployment;
  const json& primary = in.at("primary");
  Arm arm{.version = primary.at("version").get<int>(), .content_hash = primary.at("content_hash").get<std::string>()};
  for (const json& file : primary.at("files")) {
    arm.files.push_back(
        {file.at("path").get<std::string>(), file.at("sha256").get<std::string>(), file.at("size").get<std::uint64_t>()});
  }
  deployment.primary = std::move(arm);
  return deployment;
}

}  // namespace

absl::Status SaveDeployments(const std::filesystem::path& path, const KnownDeployments& known) {
  json list = json::array();
  for (const Deployment& deployment : known.deployments) list.push_back(ToJson(deployment));
  const json out = {{"revision", known.revision}, {"deployments", std::move(list)}};
  return base::WriteFileAtomically(path, out.dump(1), 0600);
}

absl::StatusOr<KnownDeployments> LoadDeployments(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path));
  KnownDeployments known;
  try {
    const json in = json::parse(text);
    known.revision = in.at("revision").get<std::int64_t>();
    for (const json& deployment : in.at("deployments")) known.deployments.push_back(FromJson(deployment));
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path.string(), ": ", error.what()));
  }
  return known;
}

}  // namespace millwright::serving
