#!/usr/bin/env bash
# cargo 1.95.0: two checkouts of one package that share CARGO_TARGET_DIR share its build script's output too, since a
# package's folder is hashed relative to its workspace. Whoever builds second gets what the first one generated, as
# long as its own files are older than that build. Expected of a second checkout: its own text. Seen: the first one's.
set -euo pipefail
case $(cargo --version) in
  'cargo 1.95.0 '*) ;;
  *) echo "This was seen with cargo 1.95.0, and not tried with $(cargo --version)." >&2; exit 1 ;;
esac
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
for checkout in first second; do
  mkdir -p "$checkout/src"
  cat >"$checkout/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"
TOML
  cat >"$checkout/build.rs" <<'RUST'
fn main() {
    println!("cargo::rerun-if-changed=text");
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    std::fs::copy("text", out.join("text")).unwrap();
}
RUST
  echo 'fn main() { print!("{}", include_str!(concat!(env!("OUT_DIR"), "/text"))); }' >"$checkout/src/main.rs"
  echo "$checkout" >"$checkout/text"
done
export CARGO_TARGET_DIR="$dir/target"
sleep 1
first=$(cd first && cargo run --quiet)
second=$(cd second && cargo run --quiet)
echo "cargo 1.95.0, one target folder: the first checkout says $first, the second says $second"
[ "$first" = first ] && [ "$second" = first ]
