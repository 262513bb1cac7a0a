#include <gmock/gmock.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/pg/database_test.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "tracker/rpc/test_look_service.h"
#include "tracker/storage/pg_test_look_store.h"

namespace millwright::tracker {
namespace {

using testing::HasSubstr;

class TestLookServiceTest : public pg::DatabaseTest {
 protected:
  TestLookServiceTest() : DatabaseTest({{"tracker", migrations()}}) {
    EXPECT_TRUE(db().Transact([](pg::Tx& tx) -> absl::Status {
                      return tx
                          .Execute(pg::Statement{"make_dataset_version", R"sql(
        DO $$
        BEGIN
          INSERT INTO tracker.blobs (sha256, size) VALUES (repeat('a', 64), 1);
          INSERT INTO tracker.datasets (workspace_id, name) VALUES (1, 'pumps');
          INSERT INTO tracker.dataset_versions (dataset_id, workspace_id, version, content_hash, sha256, row_count, schema, statistics, origin)
            SELECT id, 1, 1, repeat('b', 64), repeat('a', 64), 10, '{}', '{}', '{}' FROM tracker.datasets;
        END $$
      )sql"})
                          .status();
                    })
                    .ok());
  }

  absl::StatusOr<v1::TestLook> Record(const v1::RecordTestLookRequest& request) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    v1::TestLook look;
    const absl::Status status = rpc::FromGrpc(stub_->RecordTestLook(&context, request, &look));
    if (!status.ok()) return status;
    return look;
  }
  v1::ListTestLooksResponse List(const v1::ListTestLooksRequest& request) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    v1::ListTestLooksResponse reply;
    EXPECT_TRUE(stub_->ListTestLooks(&context, request, &reply).ok());
    return reply;
  }
  static v1::RecordTestLookRequest Look(const std::string& request_id = "", const std::string& split = "test") {
    v1::RecordTestLookRequest request;
    request.set_dataset_version_id("1");
    request.set_split(split);
    request.set_run_id("run");
    request.set_request_id(request_id);
    (*request.mutable_metrics())["rmse"] = 12.5;
    return request;
  }

  PgTestLookStore looks_{db()};
  TestLookService service_{looks_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<v1::TestLookService::Stub> stub_ = v1::TestLookService::NewStub(server_.ChannelAs(rpc::TestCaller()));
};

TEST_F(TestLookServiceTest, LooksAreCountedBySplit) {
  EXPECT_EQ(Record(Look())->number(), 1);
  EXPECT_EQ(Record(Look())->number(), 2);
  EXPECT_EQ(Record(Look("", "validation"))->number(), 1);
  const v1::ListTestLooksResponse listed = List({});
  ASSERT_EQ(listed.looks_size(), 3);
  EXPECT_EQ(listed.looks(0).split(), "validation");
  EXPECT_EQ(listed.looks(2).dataset(), "pumps");
  EXPECT_EQ(listed.looks(2).metrics().at("rmse"), 12.5);
  EXPECT_NE(listed.looks(2).actor(), "");
}

TEST_F(TestLookServiceTest, TheSameRequestIsOneLook) {
  const auto first = Record(Look("task:look"));
  const auto again = Record(Look("task:look"));
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(first->look_id(), again->look_id());
  EXPECT_EQ(List({}).looks_size(), 1);
}

TEST_F(TestLookServiceTest, ListsOfOneRunPageByPage) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Record(Look()).ok());
  v1::RecordTestLookRequest other = Look();
  other.set_run_id("another");
  ASSERT_TRUE(Record(other).ok());
  v1::ListTestLooksRequest request;
  request.set_run_id("run");
  request.set_page_size(2);
  const v1::ListTestLooksResponse first = List(request);
  ASSERT_EQ(first.looks_size(), 2);
  EXPECT_EQ(first.looks(0).number(), 3);
  request.set_page_token(first.next_page_token());
  const v1::ListTestLooksResponse second = List(request);
  ASSERT_EQ(second.looks_size(), 1);
  EXPECT_EQ(second.looks(0).number(), 1);
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(TestLookServiceTest, RefusalsNameTheField) {
  v1::RecordTestLookRequest request = Look();
  request.set_dataset_version_id("99");
  EXPECT_EQ(Record(request).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(Record(Look("", "")).status().message()), HasSubstr("split"));
  request = Look();
  for (int i = 0; i < 1001; ++i) (*request.mutable_metrics())[absl::StrCat("m", i)] = 1;
  EXPECT_THAT(std::string(Record(request).status().message()), HasSubstr("metrics"));
  request = Look();
  (*request.mutable_metrics())["rmse"] = std::nan("");
  EXPECT_EQ(Record(request)->metrics().count("rmse"), 0u);
}

TEST_F(TestLookServiceTest, NoLookIsTakenBack) {
  ASSERT_TRUE(Record(Look()).ok());
  for (const char* statement : {"UPDATE tracker.test_looks SET split = 'x'", "DELETE FROM tracker.test_looks"}) {
    const absl::Status refused = db().Transact([&](pg::Tx& tx) -> absl::Status {
      return tx.Execute(pg::Statement{"change_look", statement}).status();
    });
    EXPECT_THAT(std::string(refused.message()), HasSubstr("append-only"));
  }
}

}  // namespace
}  // namespace millwright::tracker
