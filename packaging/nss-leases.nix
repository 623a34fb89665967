# The same content as that of the Debian packages, as a derivation for nixpkgs' callPackage. Evaluated on Debian, with stand-ins for what
# nixpkgs passes (tests/package/test_nix.py); not built, and not tried on NixOS. nss-leases-module.nix has what a machine needs besides.
# There is no 'leasectl libvirt-helper' there, which needs dpkg-divert.
{
  lib,
  stdenv,
  boost,
  cli11,
  cmake,
  curl,
  ninja,
  nlohmann_json,
  pugixml,
  simdjson,
  systemd,
  tomlplusplus,
}:

let
  project = builtins.match ".*\nproject\\(nss-leases VERSION ([0-9.]+) .*" (builtins.readFile ../CMakeLists.txt);
in
stdenv.mkDerivation {
  pname = "nss-leases";
  version = builtins.head project;

  src = lib.cleanSourceWith {
    src = lib.cleanSource ../.;
    filter = path: type: path != toString ../build;
  };

  nativeBuildInputs = [
    cmake
    ninja
  ];
  buildInputs = [
    boost
    cli11
    curl
    nlohmann_json
    pugixml
    simdjson
    # The helper is linked statically, so that it starts fast.
    stdenv.cc.libc.static
    systemd
    tomlplusplus
  ];

  cmakeFlags = [
    "-DNSS_LEASES_TESTS=OFF"
    "-DNSS_LEASES_WERROR=OFF"
  ];

  postInstall = ''
    ln -s leasectl.1 $out/share/man/man1/leasectl-inventory.1
    mv $out/share/zsh/vendor-completions $out/share/zsh/site-functions
    mkdir -p $out/share/doc/nss-leases
    (cd .. && xargs cp -r -t $out/share/doc/nss-leases <debian/nss-leases.docs)
    # The build directory is gone after the build, nothing runs at a removal, and AppArmor has other places here.
    rm -r $out/libexec/nss-leases/installed-from $out/libexec/nss-leases/before-removal $out/etc $out/share/nss-leases
  '';

  doInstallCheck = true;
  installCheckPhase = ''
    [ "$($out/bin/leasectl --version)" = "leasectl $version" ]
    # Nix ends at a command that fails in front of a pipe, too.
    ($out/bin/leasectl dump no-such-index 2>&1 || true) | grep no-such-index
  '';

  meta = {
    description = "Names for the DHCP leases of dnsmasq, libvirt and Incus";
    license = lib.licenses.mit;
    mainProgram = "leasectl";
    # Those of glibc: the C library has to load NSS modules.
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
