# Makes a C file of a compiled catalog.
# Usage: cmake -DCATALOG=es.mo -DLANGUAGE=es -DOUTPUT=catalog_es.c -P embed.cmake
file(READ ${CATALOG} hex HEX)
string(REGEX REPLACE "(................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${lines}")
file(WRITE ${OUTPUT}
  "/* Made by cli/po/embed.cmake from cli/po/${LANGUAGE}.po. */\n"
  "#include \"catalog.h\"\n\n"
  "static const unsigned char bytes[] = {\n${bytes}\n};\n\n"
  "const struct catalog catalog_${LANGUAGE} = { bytes, sizeof bytes };\n")
