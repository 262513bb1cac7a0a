file(WRITE ${OUT}/${SYMBOL}.h "#pragma once
#include <string>
#include <utility>
#include <vector>
namespace ${NAMESPACE} {
const std::vector<std::pair<std::string, std::string>>& ${SYMBOL}();
}
")
set(body "#include \"${SYMBOL}.h\"\nnamespace ${NAMESPACE} {\nconst std::vector<std::pair<std::string, std::string>>& ${SYMBOL}() {\n  static const auto* files = new std::vector<std::pair<std::string, std::string>>{\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND body "{\"${name}\", R\"embed(${content})embed\"},\n")
endforeach()
string(APPEND body "  };\n  return *files;\n}\n}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUT}/${SYMBOL}.cc "${body}")
