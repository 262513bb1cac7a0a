#include "serving/http/inference_routes.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "serving/http/json_writer.h"
#include "serving/http/request_body.h"

namespace millwright::serving {
namespace {

constexpr std::size_t kMaxSegments = 7;

// The path's parts, each percent-decoded once; nothing when the target is not a path of ours.
std::optional<std::vector<std::string>> PathOf(absl::string_view target) {
  target = target.substr(0, target.find('?'));
  if (target.empty() || target[0] != '/') return std::nullopt;
  if (target.size() > 1 && target.back() == '/') target.remove_suffix(1);
  std::vector<std::string> path;
  for (const absl::string_view part : absl::StrSplit(target.substr(1), '/')) {
    std::string decoded;
    for (std::size_t i = 0; i < part.size(); ++i) {
      int byte = 0;
      if (part[i] != '%') {
        decoded += part[i];
      } else if (i + 2 < part.size() && absl::SimpleHexAtoi(part.substr(i + 1, 2), &byte) && part[i + 1] != '-' &&
                 part[i + 1] != '+') {
        decoded += static_cast<char>(byte);
        i += 2;
      } else {
        return std::nullopt;
      }
    }
    path.push_back(std::move(decoded));
    if (path.size() > kMaxSegments) return std::nullopt;
  }
  return path;
}

Reply WrongVerb(absl::string_view verb, absl::string_view allowed) {
  Reply reply = ErrorReply(405, absl::StrCat(verb.substr(0, 20), " is not possible here; use ", allowed));
  reply.headers = absl::StrCat("Allow: ", allowed, "\r\n");
  return reply;
}

Reply Json(std::string body) { return {.status = 200, .body = std::move(body), .headers = ""}; }

/// `,"name":{"head":…, …}` over the heads that `has`; nothing when none has.
template <typename Has, typename Write>
void WriteOfHeads(JsonWriter& json, absl::string_view name, const learn::Prediction& prediction, Has has, Write write) {
  bool is_first = true;
  for (const learn::HeadPrediction& head : prediction.heads) {
    if (!has(head)) continue;
    json.Raw(is_first ? ",\"" : ",");
    if (is_first) json.Raw(name).Raw("\":{");
    json.Text(head.head).Raw(":");
    write(head);
    is_first = false;
  }
  if (!is_first) json.Raw("}");
}

void WriteNumbers(JsonWriter& json, absl::Span<const double> numbers) {
  json.Raw("[");
  const char* comma = "";
  for (const double number : numbers) {
    json.Raw(comma).Number(number);
    comma = ",";
  }
  json.Raw("]");
}

void WritePrediction(JsonWriter& json, const Answer& answer) {
  using Head = learn::HeadPrediction;
  const auto every = [](const Head&) { return true; };
  const auto has_threshold = [](const Head& head) { return head.is_positive.has_value(); };
  const auto has_classes = [](const Head& head) { return !head.probabilities.empty(); };
  json.Raw("\"prediction_id\":").Text(answer.id.ToString());
  const learn::Prediction& all = answer.prediction;
  WriteOfHeads(json, "predictions", all, every, [&](const Head& head) { json.Number(head.value); });
  WriteOfHeads(json, "decisions", all, has_threshold, [&](const Head& head) { json.Bool(*head.is_positive); });
  WriteOfHeads(json, "thresholds", all, has_threshold, [&](const Head& head) { json.Number(*head.threshold); });
  WriteOfHeads(json, "labels", all, has_classes, [&](const Head& head) { json.Text(head.label); });
  WriteOfHeads(json, "probabilities", all, has_classes, [&](const Head& head) { WriteNumbers(json, head.probabilities); });
}

void WriteTexts(JsonWriter& json, absl::Span<const std::string> texts) {
  json.Raw("[");
  const char* comma = "";
  for (const std::string& text : texts) {
    json.Raw(comma).Text(text);
    comma = ",";
  }
  json.Raw("]");
}

absl::string_view PlatformOf(const learn::BundleHead& primary) {
  const absl::string_view file = primary.file;
  return absl::EndsWith(file, ".ubj") ? "xgboost_ubj" : absl::EndsWith(file, ".pth") ? "pytorch_torchscript" : "millwright";
}

void WriteModel(JsonWriter& json, const ServedVersion& version) {
  json.Raw("\"model\":").Text(version.identity->key.name).Raw(",\"version\":").Number(version.identity->version);
}

void WriteTensorSpec(JsonWriter& json, absl::string_view name, absl::string_view datatype, std::optional<std::size_t> columns) {
  json.Raw("{\"name\":").Text(name).Raw(",\"datatype\":").Text(datatype).Raw(",\"shape\":[-1");
  if (columns) json.Raw(",").Number(*columns);
  json.Raw("]}");
}

}  // namespace

std::variant<Reply, PredictionTask> InferenceRoutes::Begin(const RequestHead& head) const {
  std::optional<std::vector<std::string>> path = PathOf(head.target);
  const bool is_health = path && path->size() == 3 && (*path)[0] == "v2" && (*path)[1] == "health";
  if (is_health && ((*path)[2] == "live" || (*path)[2] == "ready")) {
    if (head.verb != "GET") return WrongVerb(head.verb, "GET");
    return (*path)[2] == "live" ? Json("{\"live\":true}") : Ready();
  }
  return Authorized(head, path ? *std::move(path) : std::vector<std::string>());
}

std::variant<Reply, PredictionTask> InferenceRoutes::Authorized(const RequestHead& head, std::vector<std::string> path) const {
  const absl::StatusOr<std::string> token = TokenOf(head.authorization);
  if (!token.ok()) return ErrorReply(token.status());
  const absl::StatusOr<Grant> grant = tokens_.Authenticate(*token);
  if (!grant.ok()) return ErrorReply(grant.status());
  if (const absl::Status status = CheckMayPredict(*grant); !status.ok()) return ErrorReply(status);

  if (path.size() == 1 && path[0] == "v2") {
    if (head.verb != "GET") return WrongVerb(head.verb, "GET");
    return Json("{\"name\":\"millwright\",\"version\":\"" MILLWRIGHT_VERSION "\",\"extensions\":[]}");
  }
  if (path.size() == 3 && path[0] == "v1" && path[1] == "predict") {
    if (head.verb != "POST") return WrongVerb(head.verb, "POST");
    return PredictionTask{.kind = PredictionTask::Kind::kPredict, .key = {grant->workspace, std::move(path[2])}, .version = ""};
  }
  const Reply unknown = ErrorReply(
      404, absl::StrCat("there is no ", head.target.substr(0, 100), "; see /v2, /v2/models/{model} and /v1/predict/{model}"));
  if (path.size() < 3 || path[0] != "v2" || path[1] != "models") return unknown;
  const ModelKey key{grant->workspace, path[2]};
  const bool has_version = path.size() >= 5 && path[3] == "versions";
  const std::string version = has_version ? path[4] : "";
  if (has_version && version.empty()) return unknown;
  const std::size_t rest = has_version ? 5 : 3;
  if (path.size() == rest) return head.verb == "GET" ? ModelMetadata(key, version) : WrongVerb(head.verb, "GET");
  if (path.size() != rest + 1) return unknown;
  if (path[rest] == "ready") return head.verb == "GET" ? ModelReady(key, version) : WrongVerb(head.verb, "GET");
  if (path[rest] != "infer") return unknown;
  if (head.verb != "POST") return WrongVerb(head.verb, "POST");
  if (head.has_binary_tensors)
    return ErrorReply(400, "binary tensors are not supported; send the tensor's \"data\" as JSON (binary_data=False)");
  return PredictionTask{.kind = PredictionTask::Kind::kInfer, .key = key, .version = version};
}

Reply InferenceRoutes::Ready() const {
  const std::string reason = is_draining_ ? "the server is stopping" : why_not_ready_();
  if (reason.empty()) return Json("{\"ready\":true}");
  Reply reply = ErrorReply(503, reason);
  reply.body.clear();
  JsonWriter(reply.body).Raw("{\"ready\":false,\"error\":").Text(reason).Raw("}");
  return reply;
}

Reply InferenceRoutes::ModelReady(const ModelKey& key, absl::string_view version) const {
  const auto served = catalog_.Find(key, version);
  if (served.ok() || served.status().code() == absl::StatusCode::kUnavailable) {
    Reply reply = served.ok() ? Reply{} : ErrorReply(served.status());
    reply.body.clear();
    JsonWriter json(reply.body);
    json.Raw("{\"name\":").Text(key.name).Raw(",\"ready\":").Bool(served.ok());
    if (!served.ok()) json.Raw(",\"error\":").Text(served.status().message());
    json.Raw("}");
    return reply;
  }
  return ErrorReply(served.status());
}

Reply InferenceRoutes::ModelMetadata(const ModelKey& key, absl::string_view version) const {
  const auto served = catalog_.Find(key, version);
  if (!served.ok()) return ErrorReply(served.status());
  const ServedVersion& model = **served;
  Reply reply;
  JsonWriter json(reply.body);
  json.Raw("{\"name\":")
      .Text(key.name)
      .Raw(",\"versions\":[")
      .Text(absl::StrCat(model.identity->version))
      .Raw("],\"platform\":")
      .Text(PlatformOf(model.bundle.heads()[0]))
      .Raw(",\"inputs\":[");
  WriteTensorSpec(json, "features", "FP32", model.bundle.pipeline().feature_names().size());
  json.Raw("],\"outputs\":[");
  const char* comma = "";
  for (const learn::BundleHead& head : model.bundle.heads()) {
    json.Raw(comma);
    WriteTensorSpec(json, head.name, "FP64", std::nullopt);
    comma = ",";
    if (head.model->outputs() == 1) continue;
    json.Raw(comma);
    WriteTensorSpec(json, absl::StrCat(head.name, ".probabilities"), "FP64", head.model->outputs());
  }
  // For /v1/predict: the raw columns, and how much history an answer needs.
  const learn::HistoryNeed history = model.bundle.history();
  json.Raw("],\"predict\":{\"columns\":[");
  comma = "";
  for (std::size_t i = 0; i < model.input.columns.size(); ++i) {
    json.Raw(comma)
        .Raw("{\"name\":")
        .Text(model.input.columns[i])
        .Raw(",\"required\":")
        .Bool(model.input.is_required[i])
        .Raw("}");
    comma = ",";
  }
  json.Raw("],\"rows\":")
      .Number(history.rows)
      .Raw(",\"min_rows\":")
      .Number(history.min_rows)
      .Raw(",\"since_start\":")
      .Bool(history.since_start);
  json.Raw("}}");
  return reply;
}

Reply InferenceRoutes::Run(const PredictionTask& task, std::string& body, absl::Time began) const {
  const auto version = catalog_.Find(task.key, task.version);
  if (!version.ok()) return ErrorReply(version.status());
  return task.kind == PredictionTask::Kind::kPredict ? Predict(**version, body, began) : Infer(**version, body, began);
}

Reply InferenceRoutes::Predict(const ServedVersion& version, std::string& body, absl::Time began) const {
  const absl::StatusOr<PredictBody> read = ReadPredictBody(body, version.input);
  if (!read.ok()) {
    version.stats->Count(Outcome::kBadRequest, clock_.Now() - began);
    return ErrorReply(read.status());
  }
  Reply reply;
  JsonWriter json(reply.body);
  json.Raw("{");
  WriteModel(json, version);
  if (!read->is_batch) {
    const absl::StatusOr<Answer> answer = predictor_.Predict(version, *read->questions[0], began);
    if (!answer.ok()) return ErrorReply(answer.status());
    json.Raw(",");
    WritePrediction(json, *answer);
    json.Raw("}");
    return reply;
  }
  json.Raw(",\"instances\":[");
  const char* comma = "";
  for (const absl::StatusOr<Question>& question : read->questions) {
    const absl::StatusOr<Answer> answer = question.ok() ? predictor_.Predict(version, *question, began) : question.status();
    json.Raw(comma).Raw("{");
    if (answer.ok()) {
      WritePrediction(json, *answer);
    } else {
      json.Raw("\"error\":").Text(answer.status().message());
    }
    json.Raw("}");
    comma = ",";
  }
  json.Raw("]}");
  return reply;
}

Reply InferenceRoutes::Infer(const ServedVersion& version, std::string& body, absl::Time began) const {
  const absl::StatusOr<InferBody> read = ReadInferBody(body, version);
  if (!read.ok()) {
    version.stats->Count(Outcome::kBadRequest, clock_.Now() - began);
    return ErrorReply(read.status());
  }
  const absl::StatusOr<Predictor::Answers> answers = predictor_.PredictFeatures(version, read->features, began);
  if (!answers.ok()) return ErrorReply(answers.status());
  Reply reply;
  JsonWriter json(reply.body);
  json.Raw("{\"model_name\":")
      .Text(version.identity->key.name)
      .Raw(",\"model_version\":")
      .Text(absl::StrCat(version.identity->version));
  if (read->id) json.Raw(",\"id\":").Text(*read->id);
  json.Raw(",\"parameters\":{\"prediction_id\":").Text(answers->first.ToString()).Raw("},\"outputs\":[");
  const char* comma = "";
  const std::size_t rows = answers->predictions.size();
  for (const auto& [head, has_probabilities] : read->outputs) {
    const learn::BundleHead& of = version.bundle.heads()[head];
    const char* inner = "";
    json.Raw(comma).Raw("{\"name\":");
    comma = ",";
    if (has_probabilities) {
      json.Text(absl::StrCat(of.name, ".probabilities")).Raw(",\"datatype\":\"FP64\",\"shape\":[");
      json.Number(rows).Raw(",").Number(of.model->outputs()).Raw("],\"data\":[");
      // Rows of a tensor stand one after the other.
      for (const learn::Prediction& prediction : answers->predictions) {
        for (const double probability : prediction.heads[head].probabilities) {
          json.Raw(inner).Number(probability);
          inner = ",";
        }
      }
      json.Raw("]}");
      continue;
    }
    json.Text(of.name).Raw(",\"datatype\":\"FP64\",\"shape\":[").Number(rows).Raw("]");
    if (of.threshold) json.Raw(",\"parameters\":{\"threshold\":").Number(*of.threshold).Raw("}");
    if (of.model->outputs() > 1) {
      json.Raw(",\"parameters\":{\"labels\":");
      WriteTexts(json, of.target.labels);
      json.Raw("}");
    }
    json.Raw(",\"data\":[");
    for (const learn::Prediction& prediction : answers->predictions) {
      json.Raw(inner).Number(prediction.heads[head].value);
      inner = ",";
    }
    json.Raw("]}");
  }
  json.Raw("]}");
  return reply;
}

}  // namespace millwright::serving
