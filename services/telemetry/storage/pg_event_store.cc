#include "telemetry/storage/pg_event_store.h"

#include "lib/base/status_macros.h"

namespace millwright::telemetry {
namespace {

constexpr pg::Statement kRecord{"record_events", R"sql(
  INSERT INTO telemetry.events (workspace_id, event_id, asset_id, kind, code, at)
  SELECT $1, event_id, asset_id, kind, code, to_timestamp(0) + at_us * interval '1 microsecond'
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS e (event_id, asset_id, kind, code, at_us)
  ON CONFLICT (workspace_id, event_id) DO UPDATE
     SET asset_id = excluded.asset_id, kind = excluded.kind, code = excluded.code, at = excluded.at, received_at = excluded.received_at
)sql"};

constexpr pg::Statement kList{"list_events", R"sql(
  SELECT event_id, asset_id, kind, code, at
    FROM telemetry.events
   WHERE workspace_id = $1
     AND at >= $2
     AND at < $3
     AND (cardinality($4::text[]) = 0 OR asset_id = ANY ($4))
     AND (at, event_id) > ($5, $6)
   ORDER BY at, event_id
   LIMIT $7
)sql"};

}  // namespace

absl::Status PgEventStore::Record(const base::WorkspaceId& workspace, const std::vector<Event>& events) {
  if (events.empty()) return absl::OkStatus();
  std::vector<std::string> ids;
  std::vector<std::string> assets;
  std::vector<std::string> kinds;
  std::vector<std::string> codes;
  std::vector<std::int64_t> times;
  for (const Event& event : events) {
    ids.push_back(event.id);
    assets.push_back(event.asset_id.value());
    kinds.push_back(Name(event.kind));
    codes.push_back(event.code);
    times.push_back(absl::ToUnixMicros(event.at));
  }
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kRecord, workspace, ids, assets, kinds, codes, times).status(); });
}

absl::StatusOr<std::vector<Event>> PgEventStore::List(const base::WorkspaceId& workspace, const EventQuery& query) {
  const auto after = query.after.value_or(std::pair<absl::Time, std::string>(absl::InfinitePast(), ""));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Event>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, query.from, query.to, query.asset_ids, after.first, after.second, query.size));
    std::vector<Event> events;
    for (const pg::Row& row : rows)
      events.push_back({row.Text(0), AssetId(row.Text(1)), ParseEventKind(row.Text(2)), row.Text(3), row.Time(4)});
    return events;
  });
}

}  // namespace millwright::telemetry
