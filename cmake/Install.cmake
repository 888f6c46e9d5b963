# libgarita for other C programs, by pkg-config and as a CMake package, and the documents. The program
# and its pages are cli/CMakeLists.txt's. The QR and store parts are linked into the program and are
# not for others.
include(CMakePackageConfigHelpers)

install(TARGETS libgarita EXPORT garitaTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY core/include/garita DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/garita)
install(EXPORT garitaTargets NAMESPACE garita:: DESTINATION ${package_dir})
configure_package_config_file(cmake/garitaConfig.cmake.in ${PROJECT_BINARY_DIR}/garitaConfig.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/garitaConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/garitaConfig.cmake ${PROJECT_BINARY_DIR}/garitaConfigVersion.cmake
        DESTINATION ${package_dir})

# Relative to where the file lies, so that the tree may be installed or moved anywhere.
file(RELATIVE_PATH pc_to_prefix /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
configure_file(cmake/garita.pc.in ${PROJECT_BINARY_DIR}/garita.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/garita.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(FILES README.md SECURITY.md CHANGELOG.md LICENSE core/FORMAT.md node/PROTOCOL.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
