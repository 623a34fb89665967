# Stand-ins for what nixpkgs and NixOS pass to packaging/*.nix: what these use of it, and nothing else, so that any other name is an error.
# Packages are their own names, and a derivation is its attributes.
{ resolved }:

let
  lib = {
    cleanSource = source: source;
    cleanSourceWith = { src, filter }: assert filter (toString src) "directory"; toString src;
    licenses.mit = "MIT";
    mkEnableOption = _: { default = false; };
    mkIf = condition: content: assert condition; content;
    mkOption = { type, default, description }: { inherit default; };
    mkOrder = priority: content: { inherit priority content; };
    types = {
      package = null;
      path = null;
    };
  };

  names = [ "boost" "cli11" "cmake" "curl" "ninja" "nlohmann_json" "pugixml" "simdjson" "systemd" "tomlplusplus" ];
  packages = builtins.listToAttrs (map (name: { inherit name; value = name; }) names) // {
    inherit lib;
    stdenv = {
      mkDerivation = attributes: attributes;
      cc.libc.static = "glibc-static";
    };
  };
  callPackage = file: given:
    let function = import file; in
    function (builtins.intersectAttrs (builtins.functionArgs function) packages // given);

  module = import ../../packaging/nss-leases-module.nix {
    inherit lib;
    pkgs = { inherit callPackage; };
    config.services = {
      resolved.enable = resolved;
      nss-leases = builtins.mapAttrs (_: option: option.default) module.options.services.nss-leases // { enable = true; };
    };
  };
in
{
  package = callPackage ../../packaging/nss-leases.nix { };
  configuration = removeAttrs module.config [ "environment" ];
  etc = builtins.mapAttrs (_: file: toString file.source) module.config.environment.etc;
}
