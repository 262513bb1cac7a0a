# Every outside library, found once. All are Debian 12 packages; deploy/packages lists them.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(simdjson REQUIRED)
find_package(date REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(pqxx REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

# XGBoost's own CMake configuration names a file of another package, so the library is found by hand.
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
find_path(XGBOOST_INCLUDE_DIR xgboost/c_api.h REQUIRED)
add_library(xgboost_c INTERFACE)
target_link_libraries(xgboost_c INTERFACE ${XGBOOST_LIBRARY})
target_include_directories(xgboost_c SYSTEM INTERFACE ${XGBOOST_INCLUDE_DIR})

# Torch's own CMake configuration asks for the CUDA toolkit's and Python's parts, so the libraries are found by hand.
find_library(TORCH_CPU_LIBRARY torch_cpu REQUIRED)
find_library(C10_LIBRARY c10 REQUIRED)
find_path(TORCH_INCLUDE_DIR torch/script.h REQUIRED)
add_library(torch_cpp INTERFACE)
target_link_libraries(torch_cpp INTERFACE ${TORCH_CPU_LIBRARY} ${C10_LIBRARY})
target_include_directories(torch_cpp SYSTEM INTERFACE ${TORCH_INCLUDE_DIR} ${TORCH_INCLUDE_DIR}/torch/csrc/api/include)

find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(httplib INTERFACE)
target_link_libraries(httplib INTERFACE ${HTTPLIB_LIBRARY} OpenSSL::SSL Threads::Threads)
# As Debian built it: these change the layout of its types.
target_compile_definitions(httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT)

if(MILLWRIGHT_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()
