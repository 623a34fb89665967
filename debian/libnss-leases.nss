# Where it goes depends on the whole line, so libnss-leases.postinst puts it there.
hosts remove-only leases
