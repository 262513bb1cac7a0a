#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "lib/pg/database_test.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "telemetry/rpc/telemetry_service.h"
#include "telemetry/storage/pg_asset_store.h"
#include "telemetry/storage/pg_event_store.h"
#include "telemetry/storage/pg_sample_store.h"

namespace millwright::telemetry {
namespace {

using testing::HasSubstr;
using Stub = v1::TelemetryService::Stub;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class TelemetryServiceTest : public pg::DatabaseTest {
 protected:
  TelemetryServiceTest() : DatabaseTest({{"telemetry", migrations()}}) {}

  template <typename Request, typename Reply>
  grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                    const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(30));
    return (stub.*method)(&context, request, reply);
  }
  std::unique_ptr<Stub> As(const auth::Caller& caller) { return v1::TelemetryService::NewStub(server_.ChannelAs(caller)); }
  void PutPump(const std::string& id = "pump-1") {
    v1::PutAssetRequest put;
    put.set_asset_id(id);
    put.set_asset_type("pump");
    put.add_sensors()->set_name("temperature");
    put.add_sensors()->set_name("pressure");
    v1::Asset asset;
    ASSERT_TRUE(Call(*ours_, &Stub::PutAsset, put, &asset).ok());
  }
  v1::WriteSamplesRequest Batch(const std::vector<double>& times, const std::vector<double>& values,
                                const std::string& id = "pump-1") {
    v1::WriteSamplesRequest request;
    request.mutable_batch()->set_asset_id(id);
    request.mutable_batch()->add_sensors("temperature");
    request.mutable_batch()->add_sensors("pressure");
    *request.mutable_batch()->mutable_event_times() = {times.begin(), times.end()};
    *request.mutable_batch()->mutable_values() = {values.begin(), values.end()};
    return request;
  }
  std::vector<v1::SampleBatch> Query(const v1::QuerySamplesRequest& request, grpc::StatusCode expected = grpc::StatusCode::OK) {
    grpc::ClientContext context;
    const auto reader = ours_->QuerySamples(&context, request);
    std::vector<v1::SampleBatch> batches;
    v1::SampleBatch batch;
    while (reader->Read(&batch)) batches.push_back(batch);
    EXPECT_EQ(reader->Finish().error_code(), expected);
    return batches;
  }

  PgAssetStore assets_{db()};
  PgSampleStore samples_{db()};
  PgEventStore events_{db()};
  TelemetryService service_{assets_, samples_, events_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> ours_ = As(rpc::TestCaller());
};

TEST_F(TelemetryServiceTest, WrittenSamplesAreQueriedToTheMicrosecond) {
  PutPump();
  v1::WriteSamplesResponse reply;
  ASSERT_TRUE(
      Call(*ours_, &Stub::WriteSamples, Batch({1'700'000'000.000001, 1'700'000'000.5}, {1.5, kNan, 0.1, 3}), &reply).ok());
  EXPECT_EQ(reply.samples(), 3);
  const std::vector<v1::SampleBatch> batches = Query({});
  ASSERT_EQ(batches.size(), 1u);
  EXPECT_EQ(batches[0].event_times(0), 1'700'000'000.000001);
  EXPECT_EQ(batches[0].values(2), 0.1);
  EXPECT_TRUE(std::isnan(batches[0].values(1)));
  EXPECT_EQ(batches[0].qualities_size(), 0);
}

TEST_F(TelemetryServiceTest, EveryStreamedMessageIsAnsweredInOrder) {
  PutPump();
  grpc::ClientContext context;
  const auto stream = ours_->StreamSamples(&context);
  for (int i = 0; i < 5; ++i) {
    std::vector<double> times;
    for (int row = 0; row <= i; ++row) times.push_back(100 * i + row);
    ASSERT_TRUE(stream->Write(Batch(times, std::vector<double>(times.size() * 2, i))));
  }
  stream->WritesDone();
  v1::WriteSamplesResponse reply;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(stream->Read(&reply));
    EXPECT_EQ(reply.samples(), 2 * (i + 1));
  }
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(Query({})[0].event_times_size(), 15);
}

TEST_F(TelemetryServiceTest, ABadMessageEndsTheStreamAfterWhatWasAcknowledged) {
  PutPump();
  grpc::ClientContext context;
  const auto stream = ours_->StreamSamples(&context);
  stream->Write(Batch({1}, {1, 2}));
  v1::WriteSamplesResponse reply;
  ASSERT_TRUE(stream->Read(&reply));
  stream->Write(Batch({kNan}, {1, 2}));
  EXPECT_FALSE(stream->Read(&reply));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("batch.event_times[0]"));
  EXPECT_EQ(Query({})[0].event_times_size(), 1);
}

TEST_F(TelemetryServiceTest, AQueryGoesAssetByAssetAndHonoursItsBounds) {
  PutPump("pump-2");
  PutPump("pump-1");
  v1::WriteSamplesResponse reply;
  ASSERT_TRUE(Call(*ours_, &Stub::WriteSamples, Batch({1, 2, 3}, {1, 2, 3, 4, 5, 6}, "pump-2"), &reply).ok());
  ASSERT_TRUE(Call(*ours_, &Stub::WriteSamples, Batch({2}, {1, 2}, "pump-1"), &reply).ok());
  v1::QuerySamplesRequest request;
  request.add_sensors("pressure");
  request.mutable_from()->set_seconds(2);
  request.mutable_to()->set_seconds(3);
  const std::vector<v1::SampleBatch> batches = Query(request);
  ASSERT_EQ(batches.size(), 2u);
  EXPECT_EQ(batches[0].asset_id(), "pump-1");
  EXPECT_EQ(batches[1].values(0), 4);
  EXPECT_EQ(batches[1].values_size(), 1);
  request.add_asset_ids("no-such-pump");
  Query(request, grpc::StatusCode::NOT_FOUND);
  request.set_asset_ids(0, "pump-1");
  request.add_sensors("no-such-sensor");
  Query(request, grpc::StatusCode::INVALID_ARGUMENT);
  request.mutable_to()->set_seconds(1);
  Query(request, grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TelemetryServiceTest, AssetsPageByToken) {
  for (const char* id : {"c", "a", "b"}) PutPump(id);
  v1::ListAssetsRequest request;
  request.set_page_size(2);
  v1::ListAssetsResponse page;
  ASSERT_TRUE(Call(*ours_, &Stub::ListAssets, request, &page).ok());
  EXPECT_EQ(page.assets(1).asset_id(), "b");
  request.set_page_token(page.next_page_token());
  ASSERT_TRUE(Call(*ours_, &Stub::ListAssets, request, &page).ok());
  ASSERT_EQ(page.assets_size(), 1);
  EXPECT_EQ(page.assets(0).asset_id(), "c");
  EXPECT_EQ(page.next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_EQ(Call(*ours_, &Stub::ListAssets, request, &page).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TelemetryServiceTest, EventsAreCheckedRecordedAndPaged) {
  v1::RecordEventsRequest record;
  for (int i = 0; i < 3; ++i) {
    v1::Event* event = record.add_events();
    event->set_event_id(std::string(1, static_cast<char>('a' + i)));
    event->set_asset_id("pump-1");
    event->set_kind(v1::EVENT_KIND_FAILURE);
    event->mutable_at()->set_seconds(100);
  }
  v1::RecordEventsResponse recorded;
  ASSERT_TRUE(Call(*ours_, &Stub::RecordEvents, record, &recorded).ok());
  EXPECT_EQ(recorded.events(), 3);
  v1::ListEventsRequest list;
  list.set_page_size(2);
  v1::ListEventsResponse page;
  ASSERT_TRUE(Call(*ours_, &Stub::ListEvents, list, &page).ok());
  EXPECT_EQ(page.events_size(), 2);
  list.set_page_token(page.next_page_token());
  ASSERT_TRUE(Call(*ours_, &Stub::ListEvents, list, &page).ok());
  EXPECT_EQ(page.events(0).event_id(), "c");

  record.mutable_events(1)->clear_kind();
  const grpc::Status status = Call(*ours_, &Stub::RecordEvents, record, &recorded);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("events[1].kind"));
  record.mutable_events(1)->set_kind(v1::EVENT_KIND_FAILURE);
  record.mutable_events(2)->clear_at();
  EXPECT_THAT(Call(*ours_, &Stub::RecordEvents, record, &recorded).error_message(), HasSubstr("events[2].at"));
}

TEST_F(TelemetryServiceTest, RightsAreChecked) {
  PutPump();
  v1::WriteSamplesResponse reply;
  const auto anonymous = v1::TelemetryService::NewStub(server_.AnonymousChannel());
  EXPECT_EQ(Call(*anonymous, &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Call(*As(rpc::TestCaller(auth::Role::kViewer)), &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_TRUE(Call(*As(rpc::TestCaller(auth::Role::kWorker)), &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).ok());
}

TEST_F(TelemetryServiceTest, AnotherWorkspaceSeesNothing) {
  PutPump();
  const auto theirs = As(rpc::TestCaller(auth::Role::kAdmin, "2"));
  v1::WriteSamplesResponse reply;
  EXPECT_EQ(Call(*theirs, &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::GetAssetRequest get;
  get.set_asset_id("pump-1");
  v1::Asset asset;
  EXPECT_EQ(Call(*theirs, &Stub::GetAsset, get, &asset).error_code(), grpc::StatusCode::NOT_FOUND);
  v1::ListAssetsResponse assets;
  ASSERT_TRUE(Call(*theirs, &Stub::ListAssets, {}, &assets).ok());
  EXPECT_EQ(assets.assets_size(), 0);
}

TEST_F(TelemetryServiceTest, WithoutTheDatabaseItIsUnavailableAndRecovers) {
  PutPump();
  StopServer();
  v1::WriteSamplesResponse reply;
  EXPECT_EQ(Call(*ours_, &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).error_code(), grpc::StatusCode::UNAVAILABLE);
  StartServer();
  EXPECT_TRUE(Call(*ours_, &Stub::WriteSamples, Batch({1}, {1, 2}), &reply).ok());
}

}  // namespace
}  // namespace millwright::telemetry
