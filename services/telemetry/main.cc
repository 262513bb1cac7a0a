#include "lib/pg/database.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "telemetry/config.h"
#include "telemetry/rpc/telemetry_service.h"
#include "telemetry/storage/pg_asset_store.h"
#include "telemetry/storage/pg_event_store.h"
#include "telemetry/storage/pg_sample_store.h"

int main(int argc, char** argv) {
  using namespace millwright;
  using namespace millwright::telemetry;
  const Config config = config::LoadOrExit<Config>(argc, argv);
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "telemetry", migrations());
  PgAssetStore assets(db);
  PgSampleStore samples(db);
  PgEventStore events(db);
  TelemetryService service(assets, samples, events);
  return rpc::RunServer(config.server, signer, {&service});
}
