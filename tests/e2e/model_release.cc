#include "e2e/model_release.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/base/sha256.h"
#include "lib/learn/training/training.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::e2e {

absl::StatusOr<std::string> UploadBlob(Platform& platform, absl::string_view bytes) {
  constexpr std::size_t kPart = 1 << 20;
  const auto channel = rpc::ConnectWithToken(platform.GrpcAddress(), platform.Secret("cli.token"));
  grpc::ClientContext context;
  rpc::Prepare(context, absl::Minutes(2));
  tracker::v1::Blob blob;
  const auto stream = tracker::v1::ArtifactService::NewStub(channel)->UploadBlob(&context, &blob);
  tracker::v1::UploadBlobRequest part;
  part.mutable_header()->set_name("test file");
  bool is_open = stream->Write(part);
  while (is_open && !bytes.empty()) {
    const absl::string_view piece = bytes.substr(0, kPart);
    part.set_bytes(piece.data(), piece.size());
    bytes.remove_prefix(piece.size());
    is_open = stream->Write(part);
  }
  stream->WritesDone();
  const grpc::Status end = stream->Finish();
  if (!end.ok()) return rpc::FromGrpc(end);
  return blob.sha256();
}

learn::Bundle TrainStump(double right, int window) {
  learn::Table table;
  learn::Column asset{.spec = {.name = "asset", .role = learn::ColumnRole::kAsset, .type = learn::ColumnType::kText}};
  learn::Column time{.spec = {.name = "time", .role = learn::ColumnRole::kTime}};
  learn::Column x{.spec = {.name = "x"}};
  learn::Column y{.spec = {.name = "y", .role = learn::ColumnRole::kLabel}};
  for (int i = 0; i < 400; ++i) {
    asset.texts.push_back(absl::StrCat("a", i / 40));
    time.numbers.push_back(i % 40);
    x.numbers.push_back(i % 2);
    y.numbers.push_back(i % 2 == 1 ? right : 3);
  }
  for (learn::Column* column : {&asset, &time, &x, &y}) EXPECT_TRUE(table.AddColumn(*column).ok());
  nlohmann::json spec = nlohmann::json::parse(R"({
    "asset": "asset", "time": {"column": "time"},
    "features": {"steps": [{"op": "select", "columns": ["x"]}, {"op": "window", "stats": ["last"]}]},
    "heads": [{"name": "y", "target": {"kind": "column", "column": "y"}, "learner": "xgboost",
               "params": {"n_estimators": 1, "max_depth": 1, "learning_rate": 1, "reg_lambda": 0, "base_score": 0, "seed": 1}}]})");
  spec["features"]["window"] = window;
  spec["features"]["min_rows"] = window;
  return learn::Train(table, learn::ParseTrainingSpec(spec).value()).value().bundle;
}

void ReleaseBundle(Platform& platform, const std::string& model, const learn::Bundle& bundle, int version) {
  const auto files = bundle.Files();
  ASSERT_TRUE(files.ok()) << files.status();
  nlohmann::json manifest = nlohmann::json::array();
  for (const auto& [path, content] : *files) {
    const absl::StatusOr<std::string> sha256 = UploadBlob(platform, content);
    ASSERT_TRUE(sha256.ok()) << sha256.status();
    ASSERT_EQ(*sha256, base::Sha256Hex(content));
    manifest.push_back({{"path", path}, {"sha256", *sha256}, {"size", content.size()}});
  }
  const std::string versions = absl::StrCat("/v1/models/", model, "/versions");
  const HttpAnswer created = platform.Post(versions, {{"content_hash", bundle.ContentHash().value()}, {"files", manifest}});
  ASSERT_EQ(created.status, 200) << created.text;
  ASSERT_EQ(created.body.value("version", 0), version);
  const HttpAnswer promoted =
      platform.Post(absl::StrCat(versions, "/", version, ":promote"), {{"stage", "STAGE_PRODUCTION"}, {"reason", "test"}});
  ASSERT_EQ(promoted.status, 200) << promoted.text;
}

}  // namespace millwright::e2e
