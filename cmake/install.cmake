# SPDX-License-Identifier: MIT
# What `cmake --install` puts in place, beside the program (daemon/) and the plugins (plugins/). All below the prefix, which may
# be another one than configured (--prefix) and may be moved; the unit file is written for the prefix it is installed to.
include(CMakePackageConfigHelpers)
set(SIFTD_CMAKE_DEST ${CMAKE_INSTALL_LIBDIR}/cmake/siftd)
set(SIFTD_CONF_DEST ${CMAKE_INSTALL_SYSCONFDIR}/siftd)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  set(SIFTD_CONF_DEST /etc/siftd)
endif()

# The program in the build tree finds the packs beside itself.
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/conf/packs ${CMAKE_BINARY_DIR}/packs SYMBOLIC)

# for authors of plugins
install(DIRECTORY include/siftd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
file(RELATIVE_PATH SIFTD_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" SIFTD_PREFIX_FROM_PC ${SIFTD_PREFIX_FROM_PC})
configure_file(cmake/siftd.pc.in ${CMAKE_BINARY_DIR}/siftd.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/siftd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(cmake/siftdConfig.cmake.in ${CMAKE_BINARY_DIR}/siftdConfig.cmake
                              INSTALL_DESTINATION ${SIFTD_CMAKE_DEST} PATH_VARS CMAKE_INSTALL_INCLUDEDIR SIFTD_PLUGIN_DEST)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/siftdConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/siftdConfig.cmake ${CMAKE_BINARY_DIR}/siftdConfigVersion.cmake
        DESTINATION ${SIFTD_CMAKE_DEST})

# knowledge, words
install(DIRECTORY conf/packs/ DESTINATION ${SIFTD_PACK_DEST})
install(FILES README.md ARCHITECTURE.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
install(FILES conf/siftd.yaml conf/minimal.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/conf)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

# the service
install(FILES systemd/siftd.sysusers DESTINATION lib/sysusers.d RENAME siftd.conf)
install(FILES systemd/siftd.tmpfiles DESTINATION lib/tmpfiles.d RENAME siftd.conf)
foreach(name IN ITEMS CMAKE_SOURCE_DIR CMAKE_BINARY_DIR CMAKE_INSTALL_BINDIR CMAKE_INSTALL_DOCDIR SIFTD_CONF_DEST)
  install(CODE "set(${name} \"${${name}}\")")
endforeach()
install(SCRIPT cmake/install-service.cmake)
