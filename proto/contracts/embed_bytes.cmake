# Writes FILE as a C array to OUT.
file(READ ${FILE} hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "#pragma once\n#include <cstddef>\ninline constexpr unsigned char kContractSet[] = {${bytes}};\ninline constexpr std::size_t kContractSetSize = sizeof(kContractSet);\n")
