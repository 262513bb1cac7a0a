#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/storage/file_blob_store.h"
#include "tracker/storage/pg_artifact_store.h"

namespace millwright::tracker {

/// A tracker's database with a blob store in a folder of its own, and what tests of artifacts put into them.
class ArtifactDatabaseTest : public pg::DatabaseTest {
 protected:
  ArtifactDatabaseTest() : DatabaseTest({{"tracker", migrations()}}) {}
  ~ArtifactDatabaseTest() override { std::filesystem::remove_all(folder_); }

  /// What a statement with text parameters gives in its first column.
  template <typename... Args>
  std::string Sql(const char* sql, Args... args) {
    const pg::Statement statement{"test", sql};
    const auto row = db().Transact([&](pg::Tx& tx) { return tx.ZeroOrOne(statement, args...); });
    EXPECT_TRUE(row.ok()) << row.status();
    return row.ok() && *row && !(*row)->IsNull(0) ? (*row)->Text(0) : "";
  }

  /// An experiment whose location is given; its id. Empty: the workspace's Default, whose id is 0 outside.
  std::string CreateExperiment(const std::string& workspace, const std::string& location = "") {
    return Sql("INSERT INTO tracker.experiments (workspace_id, name, artifact_location) VALUES ($1, $2, $3) RETURNING id::text",
               workspace, absl::StrCat("experiment-", base::RandomHex(4)), location);
  }
  RunId CreateRun(const std::string& experiment, const std::string& workspace = "1") {
    const RunId run(base::RandomHex(16));
    Sql("INSERT INTO tracker.runs (run_id, workspace_id, experiment_id, name, status, started_at, created_by)"
        " VALUES ($1, $2, $3, 'run', 'running', now(), 'ada')",
        run.value(), workspace, experiment);
    return run;
  }
  std::string CreateModel(const std::string& experiment, const std::string& workspace = "1") {
    const std::string id = absl::StrCat("m-", base::RandomHex(16));
    Sql("INSERT INTO tracker.logged_models (model_id, workspace_id, experiment_id, name, model_type, source_run_id,"
        " artifact_location, status, created_at, updated_at) VALUES ($1, $2, $3, 'm', '', '', $4, 'ready', now(), now())",
        id, workspace, experiment, absl::StrCat("mlflow-artifacts:/", experiment, "/models/", id, "/artifacts"));
    return id;
  }

  struct Sealed {
    std::unique_ptr<BlobWriter> writer;
    Blob blob;
  };
  Sealed Seal(const std::string& content) {
    Sealed sealed{*blobs_->Create(), {}};
    EXPECT_TRUE(sealed.writer->Append(content).ok());
    sealed.blob = *sealed.writer->Seal("");
    return sealed;
  }
  std::string Hold(const std::string& content, const std::string& workspace = "1") {
    const Sealed sealed = Seal(content);
    EXPECT_EQ(artifacts_.Hold(base::WorkspaceId(workspace), sealed.blob, *sealed.writer), absl::OkStatus());
    return sealed.blob.sha256;
  }
  absl::Status Put(const ArtifactRoot& root, const std::string& path, const std::string& content,
                   const std::string& workspace = "1") {
    const Sealed sealed = Seal(content);
    return artifacts_.Put(base::WorkspaceId(workspace), root, path, sealed.blob, *sealed.writer).status();
  }
  bool IsStored(const std::string& content) { return blobs_->Open({base::Sha256Hex(content), content.size()}).ok(); }

  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / absl::StrCat("blobs-", base::RandomHex(8));
  std::unique_ptr<FileBlobStore> blobs_ = *FileBlobStore::Create({.folder = folder_});
  PgArtifactStore artifacts_{db()};
};

}  // namespace millwright::tracker
