#!/usr/bin/env bash
# precis-profiles 0.2.0 (precis-core 0.2.0): OpaqueString, the profile for passwords of RFC 8265, knows Unicode as of
# 6.3 (2013). It refuses characters that came later as unassigned, and sequences with U+FE0F; so a password that a
# telephone's keyboard offers cannot be used. RFC 8265 asks for the version of Unicode that the program has. Seen: the
# bitcoin sign (Unicode 10), socks (11) and the heart with U+FE0F are refused, the euro sign is taken.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
precis-core = "=0.2.0"
precis-profiles = "=0.2.0"
TOML
mkdir src
cat >src/main.rs <<'RUST'
use precis_core::profile::Profile;
use precis_profiles::OpaqueString;

fn main() {
    for text in ["four euros \u{20ac}", "four coins \u{20bf}", "four socks \u{1f9e6}", "four hearts \u{2764}\u{fe0f}"] {
        let taken = OpaqueString::new().enforce(text).is_ok();
        println!("{}", if taken { "taken" } else { "refused" });
    }
}
RUST
seen=$(cargo run --quiet | tr '\n' ' ')
echo "precis-profiles 0.2.0: $seen"
[ "$seen" = "taken refused refused refused " ]
