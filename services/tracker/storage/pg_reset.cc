#include "tracker/storage/pg_reset.h"

namespace millwright::tracker {
namespace {

// Tables that no client ever wrote to are left alone: a TRUNCATE of all partitions would take longer than the test it is for.
constexpr pg::Statement kReset{"reset_tracking", R"sql(
  DO $$
  DECLARE
    filled text;
  BEGIN
    SELECT string_agg(format('tracker.%I', c.relname), ', ') INTO filled
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'tracker'
       AND c.relkind = 'r'
       AND c.relname NOT IN ('schema_migrations', 'metric_keys', 'blobs')
       AND pg_relation_size(c.oid) > 0;
    IF filled IS NOT NULL THEN
      EXECUTE 'TRUNCATE ' || filled || ' RESTART IDENTITY CASCADE';
    END IF;
  END $$
)sql"};

}  // namespace

absl::Status PgReset::Run() {
  return db_.Transact([](pg::Tx& tx) -> absl::Status { return tx.Execute(kReset).status(); });
}

}  // namespace millwright::tracker
