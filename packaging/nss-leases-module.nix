# A module for NixOS: services.nss-leases.enable = true. Evaluated on Debian with stand-ins (tests/package/test_nix.py); not tried on NixOS.
#
# Programs there ask nscd, which loads the module. For a dnsmasq of one's own:
#     services.dnsmasq.settings = {
#       dhcp-script = "${config.services.nss-leases.package}/libexec/nss-leases/leaseshelper";
#       script-on-renewal = true;
#     };
# With leasefile-ro, 'leasectl lease-file give' comes before dhcp-script goes: README.md.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.nss-leases;
in
{
  options.services.nss-leases = {
    enable = lib.mkEnableOption "names for the DHCP leases of dnsmasq, libvirt and Incus";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./nss-leases.nix { };
      description = "The package that has the module, the helper and leasectl.";
    };

    configFile = lib.mkOption {
      type = lib.types.path;
      default = ../debian/nss-leases.conf;
      description = "What is /etc/nss-leases.conf: nss-leases.conf(5).";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    environment.etc."nss-leases.conf".source = cfg.configFile;

    # After files (998) and myhostname (999). The search may end at resolve (501), which comes before files.
    system.nssModules = [ cfg.package ];
    system.nssDatabases.hosts = lib.mkOrder (if config.services.resolved.enable then 500 else 1000) [ "leases" ];

    # NixOS takes units of packages without their [Install], and no presets.
    systemd.packages = [ cfg.package ];
    systemd.tmpfiles.packages = [ cfg.package ];
    systemd.paths.leases-import.wantedBy = [ "paths.target" ];
    systemd.services.leases-rebuild.wantedBy = [ "sysinit.target" ];
    systemd.sockets.leases-resolve.wantedBy = [ "sockets.target" ];

    # leases-share.service is enabled by hand: systemd.services.leases-share.wantedBy = [ "multi-user.target" ].
    users.users.leases-share = {
      isSystemUser = true;
      group = "leases-share";
      description = "Leases shared through etcd";
      home = "/nonexistent";
    };
    users.groups.leases-share = { };
  };
}
