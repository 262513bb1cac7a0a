# One target carries the language level, the warnings and the sanitizer of every target of ours.
add_library(platform_options INTERFACE)
target_compile_features(platform_options INTERFACE cxx_std_20)
target_compile_options(platform_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers -Werror)
target_compile_definitions(platform_options INTERFACE MILLWRIGHT_VERSION="${PROJECT_VERSION}")
target_include_directories(platform_options INTERFACE ${PROJECT_SOURCE_DIR}/services)
set(CMAKE_CXX_EXTENSIONS OFF)
# Served and trained features must agree to the last bit, so the compiler may not fuse or reorder floating-point operations.
target_compile_options(platform_options INTERFACE -ffp-contract=off)
set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

if(MILLWRIGHT_SANITIZER)
  target_compile_options(platform_options INTERFACE -fsanitize=${MILLWRIGHT_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(platform_options INTERFACE -fsanitize=${MILLWRIGHT_SANITIZER})
endif()
if(MILLWRIGHT_SANITIZER STREQUAL "thread")
  set(source ${PROJECT_SOURCE_DIR}/tests/sanitizers/absl_sync.cc)
  add_library(absl_sync STATIC ${source})
  target_compile_features(absl_sync PRIVATE cxx_std_20)
  file(STRINGS ${source} wrapped REGEX "^WRAP\\(")
  foreach(line IN LISTS wrapped)
    string(REGEX MATCH "_ZN[A-Za-z0-9_]+" symbol "${line}")
    target_link_options(platform_options INTERFACE LINKER:--wrap=${symbol})
  endforeach()
  # Whole: Abseil's own libraries ask for what stands before the locks, too.
  target_link_libraries(platform_options INTERFACE $<LINK_LIBRARY:WHOLE_ARCHIVE,absl_sync> absl::synchronization)
endif()
