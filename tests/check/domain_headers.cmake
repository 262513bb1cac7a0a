# The domain of a service knows neither gRPC nor SQL. Their headers are installed system-wide, so an include would compile unseen:
# this check refuses it. Run with -DSERVICES=<the folder services/>.
file(GLOB files ${SERVICES}/*/domain/*.h ${SERVICES}/*/domain/*.cc ${SERVICES}/*/domain/*/*.h ${SERVICES}/*/domain/*/*.cc
     ${SERVICES}/lib/learn/*.h ${SERVICES}/lib/learn/*.cc ${SERVICES}/lib/learn/*/*.h ${SERVICES}/lib/learn/*/*.cc)
list(LENGTH files count)
if(count LESS 20)
  message(FATAL_ERROR "found only ${count} domain files below ${SERVICES}: is the path right?")
endif()
set(bad)
foreach(file IN LISTS files)
  file(STRINGS ${file} includes REGEX "^#include [<\"](grpc|grpcpp|google/protobuf|pqxx|lib/pg|lib/rpc|httplib|millwright/[a-z]+/v1)")
  foreach(include IN LISTS includes)
    string(APPEND bad "  ${file}: ${include}\n")
  endforeach()
endforeach()
if(bad)
  message(FATAL_ERROR "the domain must not include gRPC, protobuf or SQL headers:\n${bad}")
endif()
message("${count} domain files include no gRPC, protobuf or SQL header")
