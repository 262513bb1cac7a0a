#include "model-registry/storage/promotion_rows.h"

#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/outbox.h"

#define PROMOTION_COLUMNS                                                                                                  \
  " promotion_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision," \
  " primary_version "

namespace millwright::registry {
namespace {

constexpr pg::Statement kAppendPromotion{"append_promotion", R"sql(
  INSERT INTO registry.promotions
    (model_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision, primary_version)
  VALUES ($1, $2, $3, $4, $5, nullif($6::integer, 0), $7, $8, $9, $10, $11, nullif($12::bigint, 0), $13)
  RETURNING promotion_id
)sql"};

constexpr pg::Statement kNoteMove{"note_move", R"sql(
  UPDATE registry.model_versions SET moved_by = $3 WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kFindPromotion{"find_promotion",
                                       "SELECT" PROMOTION_COLUMNS "FROM registry.promotions WHERE promotion_id = $1"};

constexpr pg::Statement kLastMove{"last_move_of_version", "SELECT" PROMOTION_COLUMNS R"sql(
    FROM registry.promotions
   WHERE model_id = $1 AND (version = $2 OR replaced_version = $2) AND kind <> 'refused'
   ORDER BY promotion_id DESC
   LIMIT 1
)sql"};

constexpr pg::Statement kListPromotions{"list_promotions", "SELECT" PROMOTION_COLUMNS R"sql(
    FROM registry.promotions
   WHERE model_id = $1 AND promotion_id < $2
   ORDER BY promotion_id DESC
   LIMIT $3
)sql"};

// Entries from before there could be more than one version in Production name no primary: it was the version that moved there.
constexpr pg::Statement kProductionHistory{"production_history", R"sql(
  SELECT h.is_return, h.version
    FROM (SELECT promotion_id, kind = 'rolled_back' OR to_stage <> 'Production' AS is_return,
                 coalesce(primary_version, CASE WHEN to_stage = 'Production' THEN version END) AS version
            FROM registry.promotions
           WHERE model_id = $1 AND kind <> 'refused' AND revision IS NOT NULL) h
    JOIN registry.model_versions v ON v.model_id = $1 AND v.version = h.version AND v.deleted_at IS NULL
   ORDER BY h.promotion_id
)sql"};

constexpr pg::Statement kFindRequest{"find_promotion_request", R"sql(
  SELECT promotion_id FROM registry.promotion_requests WHERE model_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kRecordRequest{"record_promotion_request", R"sql(
  INSERT INTO registry.promotion_requests (model_id, request_id, promotion_id) VALUES ($1, $2, nullif($3::bigint, 0))
)sql"};

struct KindName {
  PromotionKind kind;
  const char* text;
  const char* event;
};
constexpr KindName kKinds[] = {{PromotionKind::kPromoted, "promoted", "version.transitioned"},
                               {PromotionKind::kRefused, "refused", "version.refused"},
                               {PromotionKind::kRolledBack, "rolled_back", "model.rolled_back"},
                               {PromotionKind::kDeleted, "deleted", "version.deleted"}};

const KindName& Named(PromotionKind kind) {
  for (const KindName& name : kKinds) {
    if (name.kind == kind) return name;
  }
  CHECK(false);
  return kKinds[0];
}

PromotionKind KindOf(const std::string& text) {
  for (const KindName& name : kKinds) {
    if (name.text == text) return name.kind;
  }
  CHECK(false);
  return PromotionKind::kPromoted;
}

Promotion ReadPromotion(const pg::Row& row, const std::string& name) {
  const std::optional<Stage> from = StageOf(row.Text(3)), to = StageOf(row.Text(4));
  CHECK(from && to);
  return {.id = row.Int(0),
          .name = name,
          .kind = KindOf(row.Text(1)),
          .version = static_cast<int>(row.Int(2)),
          .from_stage = *from,
          .to_stage = *to,
          .replaced_version = static_cast<int>(row.OptionalInt(5).value_or(0)),
          .primary_version = static_cast<int>(row.OptionalInt(12).value_or(0)),
          .actor = row.Text(6),
          .reason = row.Text(7),
          .decision = DecisionFromJson(row.Json(8)),
          .evidence = row.Json(9),
          .at = row.Time(10),
          .revision = row.OptionalInt(11).value_or(0)};
}

absl::Status TellOf(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, const Promotion& entry) {
  nlohmann::json data{{"promotion_id", std::to_string(entry.id)},
                      {"from_stage", Name(entry.from_stage)},
                      {"to_stage", Name(entry.to_stage)},
                      {"reason", entry.reason}};
  if (entry.replaced_version != 0) data["replaced_version"] = entry.replaced_version;
  if (entry.revision != 0) data["revision"] = entry.revision;
  if (entry.kind == PromotionKind::kRefused) data["decision"] = DecisionToJson(entry.decision);
  return Tell(tx, workspace,
              {.kind = Named(entry.kind).event,
               .model_id = model_id,
               .model = entry.name,
               .version = entry.version,
               .data = std::move(data)},
              {entry.actor, entry.at});
}

}  // namespace

absl::StatusOr<Promotion> Append(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, Promotion entry) {
  std::optional<int> primary;
  if (entry.revision != 0) primary = entry.primary_version;
  ASSIGN_OR_RETURN(const pg::Row row,
                   tx.One(kAppendPromotion, model_id, Named(entry.kind).text, entry.version, Name(entry.from_stage),
                          Name(entry.to_stage), entry.replaced_version, entry.actor, entry.reason, DecisionToJson(entry.decision),
                          entry.evidence, entry.at, entry.revision, primary));
  entry.id = row.Int(0);
  if (entry.kind == PromotionKind::kPromoted || entry.kind == PromotionKind::kRolledBack)
    RETURN_IF_ERROR(tx.Execute(kNoteMove, model_id, entry.version, entry.id).status());
  RETURN_IF_ERROR(TellOf(tx, workspace, model_id, entry));
  return entry;
}

absl::StatusOr<std::optional<Promotion>> LastMove(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kLastMove, model_id, version));
  if (!row) return std::nullopt;
  return ReadPromotion(*row, name);
}

absl::StatusOr<std::vector<Promotion>> FindPromotions(pg::Tx& tx, std::int64_t model_id, const std::string& name,
                                                      std::int64_t before, int limit) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListPromotions, model_id, before, limit));
  std::vector<Promotion> promotions;
  for (const pg::Row& row : rows) promotions.push_back(ReadPromotion(row, name));
  return promotions;
}

absl::StatusOr<std::vector<ProductionEntry>> ProductionHistory(pg::Tx& tx, std::int64_t model_id) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kProductionHistory, model_id));
  std::vector<ProductionEntry> history;
  for (const pg::Row& row : rows) history.push_back({.is_return = row.Bool(0), .version = static_cast<int>(row.Int(1))});
  return history;
}

absl::StatusOr<std::optional<Promotion>> AnswerTo(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, Stage stage) {
  if (order.request_id.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<pg::Row> request, tx.ZeroOrOne(kFindRequest, model_id, order.request_id));
  if (!request) return std::nullopt;
  if (request->IsNull(0)) return Promotion{.name = order.name, .version = order.version, .from_stage = stage, .to_stage = stage};
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kFindPromotion, request->Int(0)));
  return ReadPromotion(row, order.name);
}

absl::Status NoteAnswer(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, const Promotion& promotion) {
  if (order.request_id.empty()) return absl::OkStatus();
  return tx.Execute(kRecordRequest, model_id, order.request_id, promotion.id).status();
}

}  // namespace millwright::registry
