"""Programs that answer from what `leasectl export` writes, as command lines and configurations. Also used by tests/bench."""

DNSMASQ = ('dnsmasq', '--keep-in-foreground', '--log-facility=-', '--pid-file', '--user=root', '--conf-file=/dev/null', '--no-resolv',
           '--no-hosts', '--listen-address=127.0.0.1', '--bind-interfaces')

UNBOUND = '''
server:
  interface: 127.0.0.1
  directory: "{directory}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
auth-zone:
  name: {zone}
  zonefile: "{file}"
'''


def unbound(configuration, zone, file):
    """unbound's command line, with a configuration that it serves a zone from a file by."""
    configuration.write_text(UNBOUND.format(directory=configuration.parent, zone=zone, file=file))
    return 'unbound', '-d', '-c', configuration
