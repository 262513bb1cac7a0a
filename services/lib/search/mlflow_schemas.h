#pragma once

#include "lib/search/schema.h"

namespace millwright::search {

/// MLflow's five searches, with our extensions where the schema has them.
const Schema& RunSchema();
const Schema& ExperimentSchema();
const Schema& LoggedModelSchema();
const Schema& RegisteredModelSchema();
const Schema& ModelVersionSchema();

}  // namespace millwright::search
