#include "serving/http/request_body.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/status_macros.h"
#include "lib/learn/table/timestamp.h"

namespace millwright::serving {
namespace {

namespace dom = simdjson::dom;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kKeptParserBytes = 1 << 20;  // larger bodies get a parser of their own, whose memory goes again
constexpr std::size_t kMaxAssetIdBytes = 250;
constexpr std::size_t kMaxIdBytes = 1'000;
constexpr double kMaxInstant = 1e11;  // seconds; beyond it a time is not an instant
constexpr absl::string_view kRowsForm = "send \"rows\": [{column: number or null, …}, …], oldest first";

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

std::string Excerpt(dom::element value) {
  std::string text = simdjson::minify(value);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

absl::StatusOr<dom::element> Parse(dom::parser& parser, std::string& body) {
  if (body.empty()) return Wrong("the body is empty; send JSON");
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  dom::element document;
  const simdjson::error_code error = parser.parse(body.data(), body.size(), false).get(document);
  if (error == simdjson::DEPTH_ERROR) return Wrong("the body is nested too deep: at most ", kMaxJsonDepth, " levels");
  if (error == simdjson::MEMALLOC) return absl::ResourceExhaustedError("not enough memory for this request");
  if (error != simdjson::SUCCESS) return Wrong("the body is not valid JSON: ", simdjson::error_message(error));
  return document;
}

absl::Status Prepare(dom::parser& parser, std::size_t bytes) {
  if (parser.capacity() != 0) return absl::OkStatus();
  if (parser.allocate(std::max<std::size_t>(bytes, 1 << 14), kMaxJsonDepth) != simdjson::SUCCESS) {
    return absl::ResourceExhaustedError("not enough memory for this request");
  }
  return absl::OkStatus();
}

// Runs `read` on the parsed body; the document lives as long as the call.
template <typename Read>
auto WithDocument(std::string& body, const Read& read) -> decltype(read(dom::element())) {
  thread_local dom::parser kept;
  dom::parser own;
  dom::parser& parser = body.size() <= kKeptParserBytes ? kept : own;
  RETURN_IF_ERROR(Prepare(parser, body.size()));
  ASSIGN_OR_RETURN(const dom::element document, Parse(parser, body));
  return read(document);
}

/// Collects the rows of one window in the order of RawInput::columns.
class WindowBuilder {
 public:
  WindowBuilder(const RawInput& input, std::size_t& values_left)
      : input_(input),
        values_left_(values_left),
        is_seen_(input.columns.size(), false),
        is_text_seen_(input.texts.size(), false),
        texts_(input.texts.size()) {}

  absl::Status BeginRow() {
    if (++rows_ > kMaxWindowRows) return Wrong("more than ", kMaxWindowRows, " rows");
    const std::size_t width = input_.columns.size() + input_.texts.size();
    if (values_left_ < width) return Wrong("the request holds more than ", kMaxValues, " values");
    values_left_ -= width;
    for (std::vector<std::string>& texts : texts_) texts.emplace_back();
    values_.resize(values_.size() + input_.columns.size(), kMissing);
    return absl::OkStatus();
  }
  absl::StatusOr<RawInput::Place> Find(absl::string_view column) const {
    const auto found = input_.places.find(column);
    if (found != input_.places.end()) return found->second;
    return Wrong("unknown column \"", column.substr(0, 60), "\"; the model reads ", input_.Describe());
  }
  void See(const RawInput::Place& place) {
    if (place.index >= 0) (place.is_text ? is_text_seen_ : is_seen_)[static_cast<std::size_t>(place.index)] = true;
  }
  absl::Status Set(const RawInput::Place& place, absl::string_view column, dom::element value) {
    if (place.index < 0 || value.is_null()) return absl::OkStatus();
    if (place.is_text) return SetText(place, column, value);
    double number = 0;
    if (value.is_number() && value.get(number) == simdjson::SUCCESS) return Store(place, number);
    std::string_view text;
    if (place.is_time && value.get(text) == simdjson::SUCCESS) {
      const std::optional<double> seconds = learn::ParseTimestamp(text);
      if (seconds) return Store(place, *seconds);
      return Wrong("column \"", column, "\": ", Excerpt(value), " is not a time such as \"2024-05-01T12:30:00Z\"");
    }
    return Wrong("column \"", column, "\": ", Excerpt(value), " is not a number (null where the value is missing)");
  }
  std::size_t rows() const { return rows_; }

  Question Finish() {
    Question question;
    const std::size_t width = input_.columns.size();
    if (input_.instant && rows_ > 0) {
      const double seconds = values_[values_.size() - width + static_cast<std::size_t>(*input_.instant)];
      if (std::abs(seconds) <= kMaxInstant) question.event_time = absl::UnixEpoch() + absl::Seconds(seconds);
    }
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (is_text_seen_[i]) question.window.texts[input_.texts[i]] = std::move(texts_[i]);
    }
    std::vector<std::size_t> seen;
    for (std::size_t i = 0; i < width; ++i) {
      if (is_seen_[i]) seen.push_back(i);
    }
    if (seen.size() == width) {
      question.window.columns = input_.columns;
      question.window.values = std::move(values_);
      return question;
    }
    for (const std::size_t column : seen) question.window.columns.push_back(input_.columns[column]);
    question.window.values.reserve(seen.size() * rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      for (const std::size_t column : seen) question.window.values.push_back(values_[row * width + column]);
    }
    return question;
  }

 private:
  absl::Status SetText(const RawInput::Place& place, absl::string_view column, dom::element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      return Wrong("column \"", column, "\": ", Excerpt(value), " is not a text (null where the value is missing)");
    texts_[static_cast<std::size_t>(place.index)].back() = text;
    return absl::OkStatus();
  }
  absl::Status Store(const RawInput::Place& place, double number) {
    values_[values_.size() - input_.columns.size() + static_cast<std::size_t>(place.index)] = number;
    return absl::OkStatus();
  }

  const RawInput& input_;
  std::size_t& values_left_;
  std::vector<bool> is_seen_;
  std::vector<bool> is_text_seen_;
  std::vector<std::vector<std::string>> texts_;
  std::vector<double> values_;
  std::size_t rows_ = 0;
};

absl::Status At(absl::string_view what, std::size_t number, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(what, " ", number, ": ", status.message()));
}

absl::Status AddRow(WindowBuilder& builder, dom::element row) {
  dom::object fields;
  if (row.get(fields) != simdjson::SUCCESS) return Wrong(Excerpt(row), " is not an object {column: number or null, …}");
  RETURN_IF_ERROR(builder.BeginRow());
  for (const auto& [key, value] : fields) {
    ASSIGN_OR_RETURN(const RawInput::Place place, builder.Find(View(key)));
    builder.See(place);
    RETURN_IF_ERROR(builder.Set(place, View(key), value));
  }
  return absl::OkStatus();
}

absl::Status ReadRows(WindowBuilder& builder, dom::element value) {
  dom::array rows;
  if (value.get(rows) != simdjson::SUCCESS) return Wrong("\"rows\" must be an array; ", kRowsForm);
  for (const dom::element row : rows) {
    if (const absl::Status status = AddRow(builder, row); !status.ok())
      return At("row", builder.rows() + (row.is_object() ? 0 : 1), status);
  }
  return absl::OkStatus();
}

absl::Status ReadWindow(WindowBuilder& builder, dom::element columns, dom::element window) {
  dom::array names;
  dom::array rows;
  if (columns.get(names) != simdjson::SUCCESS) return Wrong("\"columns\" must be an array of column names");
  if (window.get(rows) != simdjson::SUCCESS)
    return Wrong("\"window\" must be an array of rows, each an array with a value per column");
  std::vector<std::pair<std::string_view, RawInput::Place>> places;
  absl::flat_hash_set<absl::string_view> distinct;
  for (const dom::element name : names) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS) return Wrong("\"columns\": ", Excerpt(name), " is not a column name");
    if (!distinct.insert(View(text)).second) return Wrong("\"columns\" names \"", View(text), "\" twice");
    ASSIGN_OR_RETURN(const RawInput::Place place, builder.Find(View(text)));
    builder.See(place);
    places.emplace_back(text, place);
  }
  for (const dom::element row : rows) {
    dom::array values;
    const std::size_t number = builder.rows() + 1;
    if (row.get(values) != simdjson::SUCCESS) return Wrong("row ", number, ": ", Excerpt(row), " is not an array");
    if (values.size() != places.size())
      return Wrong("row ", number, " has ", values.size(), " values for ", places.size(), " columns");
    RETURN_IF_ERROR(builder.BeginRow());
    std::size_t i = 0;
    for (const dom::element value : values) {
      if (const absl::Status status = builder.Set(places[i].second, View(places[i].first), value); !status.ok())
        return At("row", number, status);
      ++i;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Question> ReadQuestion(dom::object object, const RawInput& input, std::size_t& values_left) {
  std::string asset_id;
  std::optional<dom::element> rows;
  std::optional<dom::element> columns;
  std::optional<dom::element> window;
  for (const auto& [key, value] : object) {
    if (key == "rows") {
      rows = value;
    } else if (key == "columns") {
      columns = value;
    } else if (key == "window") {
      window = value;
    } else if (key == "asset_id") {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS || text.size() > kMaxAssetIdBytes) {
        return Wrong("\"asset_id\" must be text of at most ", kMaxAssetIdBytes, " bytes");
      }
      asset_id = text;
    } else {
      return Wrong("unknown key \"", View(key.substr(0, 60)),
                   "\"; known are asset_id, rows, columns, window and, alone, instances");
    }
  }
  if (rows.has_value() == (columns.has_value() || window.has_value())) return Wrong(kRowsForm, ", or \"columns\" and \"window\"");
  if (!rows && !(columns && window)) return Wrong("\"columns\" and \"window\" belong together");
  WindowBuilder builder(input, values_left);
  if (rows) {
    RETURN_IF_ERROR(ReadRows(builder, *rows));
  } else {
    RETURN_IF_ERROR(ReadWindow(builder, *columns, *window));
  }
  if (builder.rows() == 0) return Wrong("there are no rows; ", kRowsForm);
  Question question = builder.Finish();
  question.asset_id = std::move(asset_id);
  return question;
}

absl::StatusOr<PredictBody> ReadPredict(dom::element document, const RawInput& input) {
  dom::object object;
  if (document.get(object) != simdjson::SUCCESS) return Wrong("the body must be a JSON object; ", kRowsForm);
  PredictBody body;
  std::size_t values_left = kMaxValues;
  dom::element instances;
  if (object["instances"].get(instances) != simdjson::SUCCESS) {
    ASSIGN_OR_RETURN(Question question, ReadQuestion(object, input, values_left));
    body.questions.push_back(std::move(question));
    return body;
  }
  dom::array list;
  if (object.size() != 1) return Wrong("\"instances\" stands alone; asset_id and rows belong into each instance");
  if (instances.get(list) != simdjson::SUCCESS || list.size() == 0 || list.size() > kMaxInstances) {
    return Wrong("\"instances\" must be an array of 1 to ", kMaxInstances, " objects");
  }
  body.is_batch = true;
  for (const dom::element instance : list) {
    dom::object question;
    body.questions.push_back(instance.get(question) == simdjson::SUCCESS
                                 ? ReadQuestion(question, input, values_left)
                                 : absl::StatusOr<Question>(Wrong(Excerpt(instance), " is not an object; ", kRowsForm)));
  }
  return body;
}

absl::Status AppendValues(dom::array row, std::size_t width, absl::string_view where, std::vector<double>& out) {
  for (const dom::element value : row) {
    double number = kMissing;
    if (!value.is_null() && (!value.is_number() || value.get(number) != simdjson::SUCCESS)) {
      return Wrong(where, ": ", Excerpt(value), " is not a number (null where the value is missing)");
    }
    out.push_back(number);
    if (out.size() > width) return Wrong(where, " has more than ", width, " values");
  }
  if (out.size() != width) return Wrong(where, " has ", out.size(), " values, ", width, " are needed");
  return absl::OkStatus();
}

absl::Status ReadData(dom::array data, std::size_t rows, learn::FeatureMatrix& features) {
  std::vector<double> values;
  const bool is_nested = data.size() > 0 && data.at(0).is_array();
  if (!is_nested) {
    RETURN_IF_ERROR(AppendValues(data, rows * features.columns, "inputs[0].data", values));
    for (std::size_t row = 0; row < rows; ++row) {
      learn::AppendRow(features, std::span<const double>(values).subspan(row * features.columns, features.columns));
    }
    return absl::OkStatus();
  }
  for (const dom::element row : data) {
    const std::string where = absl::StrCat("inputs[0].data[", features.rows, "]");
    dom::array list;
    if (row.get(list) != simdjson::SUCCESS) return Wrong(where, ": ", Excerpt(row), " is not an array");
    if (features.rows == rows) return Wrong("inputs[0].data has more rows than the ", rows, " of its shape");
    values.clear();
    RETURN_IF_ERROR(AppendValues(list, features.columns, where, values));
    learn::AppendRow(features, values);
  }
  if (features.rows != rows) return Wrong("inputs[0].data has ", features.rows, " rows, its shape says ", rows);
  return absl::OkStatus();
}

absl::Status ReadTensor(dom::element tensor, std::size_t columns, learn::FeatureMatrix& features) {
  const std::string right = absl::StrCat("send one tensor {\"name\": \"features\", \"shape\": [rows, ", columns,
                                         "], \"datatype\": \"FP64\", \"data\": […]}");
  dom::object object;
  if (tensor.get(object) != simdjson::SUCCESS) return Wrong("inputs[0] is not an object; ", right);
  std::string_view name;
  std::string_view datatype;
  dom::array shape;
  dom::array data;
  if (object["name"].get(name) != simdjson::SUCCESS || name != "features")
    return Wrong("inputs[0].name must be \"features\"; ", right);
  if (object["datatype"].get(datatype) != simdjson::SUCCESS || (datatype != "FP32" && datatype != "FP64")) {
    return Wrong("inputs[0].datatype must be \"FP32\" or \"FP64\"; ", right);
  }
  if (object["shape"].get(shape) != simdjson::SUCCESS || shape.size() != 2)
    return Wrong("inputs[0].shape must have two numbers; ", right);
  std::uint64_t rows = 0;
  std::uint64_t width = 0;
  if (shape.at(0).get(rows) != simdjson::SUCCESS || rows == 0) return Wrong("inputs[0].shape[0] must be 1 or more; ", right);
  if (shape.at(1).get(width) != simdjson::SUCCESS || width != columns)
    return Wrong("inputs[0].shape[1] must be ", columns, ", the number of features; ", right);
  if (rows > kMaxValues / columns) return Wrong("inputs[0] holds more than ", kMaxValues, " values");
  if (!object["parameters"]["binary_data_size"].error())
    return Wrong("inputs[0]: binary tensors are not supported; send \"data\"");
  if (object["data"].get(data) != simdjson::SUCCESS) return Wrong("inputs[0].data must be an array; ", right);
  features.columns = columns;
  return ReadData(data, rows, features);
}

absl::StatusOr<std::vector<InferOutput>> ReadOutputs(dom::object object, const learn::Bundle& bundle) {
  std::vector<std::string> names;
  std::vector<InferOutput> all;
  for (std::size_t i = 0; i < bundle.heads().size(); ++i) {
    const learn::BundleHead& head = bundle.heads()[i];
    names.push_back(head.name);
    all.push_back({.head = i});
    if (head.model->outputs() == 1) continue;
    names.push_back(absl::StrCat(head.name, ".probabilities"));
    all.push_back({.head = i, .has_probabilities = true});
  }
  dom::element outputs;
  if (object["outputs"].get(outputs) != simdjson::SUCCESS) return all;
  dom::array list;
  if (outputs.get(list) != simdjson::SUCCESS || list.size() > all.size())
    return Wrong("\"outputs\" must be an array of at most ", all.size(), " {\"name\"}");
  std::vector<InferOutput> asked;
  for (const dom::element output : list) {
    std::string_view name;
    if (output["name"].get(name) != simdjson::SUCCESS)
      return Wrong("outputs[", asked.size(), "] must be an object with a \"name\"");
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      return Wrong("outputs[", asked.size(), "]: the model has no output \"", View(name.substr(0, 60)), "\"");
    asked.push_back(all[static_cast<std::size_t>(found - names.begin())]);
  }
  return asked;
}

absl::StatusOr<InferBody> ReadInfer(dom::element document, const ServedVersion& version) {
  InferBody body;
  dom::object object;
  dom::array inputs;
  if (document.get(object) != simdjson::SUCCESS) return Wrong("the body must be a JSON object with \"inputs\"");
  if (dom::element id; object["id"].get(id) == simdjson::SUCCESS) {
    std::string_view text;
    if (id.get(text) != simdjson::SUCCESS || text.size() > kMaxIdBytes)
      return Wrong("\"id\" must be text of at most ", kMaxIdBytes, " bytes");
    body.id = std::string(text);
  }
  if (object["inputs"].get(inputs) != simdjson::SUCCESS || inputs.size() != 1) {
    return Wrong("\"inputs\" must be an array of one tensor \"features\" with ", version.bundle.pipeline().feature_names().size(),
                 " columns");
  }
  dom::element tensor;
  if (inputs.at(0).get(tensor) != simdjson::SUCCESS) return Wrong("\"inputs\" must be an array of one tensor");
  RETURN_IF_ERROR(ReadTensor(tensor, version.bundle.pipeline().feature_names().size(), body.features));
  ASSIGN_OR_RETURN(body.outputs, ReadOutputs(object, version.bundle));
  return body;
}

}  // namespace

absl::StatusOr<PredictBody> ReadPredictBody(std::string& body, const RawInput& input) {
  return WithDocument(body, [&](dom::element document) { return ReadPredict(document, input); });
}

absl::StatusOr<InferBody> ReadInferBody(std::string& body, const ServedVersion& version) {
  return WithDocument(body, [&](dom::element document) { return ReadInfer(document, version); });
}

}  // namespace millwright::serving
