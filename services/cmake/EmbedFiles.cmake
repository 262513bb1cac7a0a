# millwright_embed(TARGET NAMESPACE SYMBOL FILE...) makes a static library whose header <SYMBOL>.h declares
#   namespace NAMESPACE { const std::vector<std::pair<std::string, std::string>>& SYMBOL(); }   // (file name, content), sorted by name
function(millwright_embed target namespace symbol)
  set(out ${PROJECT_BINARY_DIR}/embedded/${target})
  set(sources)
  foreach(file IN LISTS ARGN)
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND sources ${file})
  endforeach()
  list(SORT sources)
  add_custom_command(
    OUTPUT ${out}/${symbol}.cc ${out}/${symbol}.h
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${namespace} -DSYMBOL=${symbol} -DOUT=${out} "-DFILES=${sources}"
            -P ${PROJECT_SOURCE_DIR}/services/cmake/embed.cmake
    DEPENDS ${sources} ${PROJECT_SOURCE_DIR}/services/cmake/embed.cmake
    COMMENT "Embedding ${target}"
    VERBATIM)
  add_library(${target} STATIC ${out}/${symbol}.cc ${out}/${symbol}.h)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC ${out})
endfunction()
