# millwright_proto(TARGET FILE... [LIBS LIB...]) compiles contracts into one static library. FILEs are relative to proto/.
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
set(PROTO_OUT ${PROJECT_BINARY_DIR}/proto)
file(MAKE_DIRECTORY ${PROTO_OUT})

function(millwright_proto target)
  cmake_parse_arguments(ARG "" "" "LIBS" ${ARGN})
  set(sources)
  foreach(file IN LISTS ARG_UNPARSED_ARGUMENTS)
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(outputs ${PROTO_OUT}/${stem}.pb.cc ${PROTO_OUT}/${stem}.pb.h)
    set(plugin)
    file(STRINGS ${PROJECT_SOURCE_DIR}/proto/${file} has_service REGEX "^service ")
    if(has_service)
      list(APPEND outputs ${PROTO_OUT}/${stem}.grpc.pb.cc ${PROTO_OUT}/${stem}.grpc.pb.h)
      set(plugin --grpc_out=${PROTO_OUT} --plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN})
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/proto --cpp_out=${PROTO_OUT} ${plugin} ${file}
      DEPENDS ${PROJECT_SOURCE_DIR}/proto/${file}
      COMMENT "Generating ${stem}")
    list(APPEND sources ${outputs})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} SYSTEM PUBLIC ${PROTO_OUT})
  target_link_libraries(${target} PUBLIC ${ARG_LIBS} protobuf::libprotobuf gRPC::grpc++)
endfunction()
