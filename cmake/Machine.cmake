# What the machine that is built for must be able to do. Each ends the configuration in words, where otherwise the compiler would end
# it, or lookups would.
include(CheckCXXSourceCompiles)

if(CMAKE_CXX_BYTE_ORDER STREQUAL "BIG_ENDIAN")
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} builds for a big-endian machine. The index is little-endian and read in place "
    "(schema/index-layout.md), so nss-leases does not work there.")
endif()

# Readers and the writer share 64-bit words of the index. Without such instructions the compiler takes a lock instead, which each process
# would have for itself.
check_cxx_source_compiles("static_assert(__atomic_always_lock_free(8, 0)); int main() {}" NSS_LEASES_LOCK_FREE)
if(NOT NSS_LEASES_LOCK_FREE)
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_FLAGS} builds for a processor that cannot load and store 64 bits at once, as "
    "readers and the writer of the index have to. Choose a newer one with CMAKE_CXX_FLAGS: -march=i586 or above, on ARM -march=armv7-a.")
endif()
