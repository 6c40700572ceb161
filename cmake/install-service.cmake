# SPDX-License-Identifier: MIT
# Runs at installation: writes the unit for the prefix that is installed to, and a configuration where there is none.
function(absolute path ret)
  if(NOT IS_ABSOLUTE "${path}")
    set(path "${CMAKE_INSTALL_PREFIX}/${path}")
  endif()
  set(${ret} "${path}" PARENT_SCOPE)
endfunction()

absolute("${CMAKE_INSTALL_BINDIR}" SIFTD_BIN_PATH)
absolute("${CMAKE_INSTALL_DOCDIR}" SIFTD_DOC_PATH)
absolute("${SIFTD_CONF_DEST}" SIFTD_CONF_PATH)
configure_file(${CMAKE_SOURCE_DIR}/systemd/siftd.service.in ${CMAKE_BINARY_DIR}/siftd.service @ONLY)
file(INSTALL ${CMAKE_BINARY_DIR}/siftd.service DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system")
if(EXISTS "$ENV{DESTDIR}${SIFTD_CONF_PATH}/siftd.yaml")
  message(STATUS "Kept: ${SIFTD_CONF_PATH}/siftd.yaml")
else()
  file(INSTALL ${CMAKE_SOURCE_DIR}/conf/siftd.yaml DESTINATION "${SIFTD_CONF_PATH}")
endif()
