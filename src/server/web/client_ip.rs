//! Where a request comes from, for limits and the log.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use sha2::{Digest, Sha256};

/// The visitor's address: the peer's, or what the trusted proxies in front say it is.
pub(in crate::server) fn client_ip(
    headers: &HeaderMap,
    peer: Option<&ConnectInfo<SocketAddr>>,
    trusted_proxies: usize,
) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    let forwarded = || {
        let hops: Vec<&[u8]> = headers
            .get_all("x-forwarded-for")
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
            .collect();
        let index = hops.len().checked_sub(trusted_proxies)?;
        Some(address(hops.get(index)?))
    };
    let ip = if trusted_proxies == 0 {
        None
    } else {
        forwarded()
    };
    ip.unwrap_or(peer).to_canonical()
}

/// The address that an entry of `X-Forwarded-For` names.
fn address(entry: &[u8]) -> IpAddr {
    static TOLD: Once = Once::new();
    let text = std::str::from_utf8(entry).unwrap_or_default();
    read(text).unwrap_or_else(|| {
        TOLD.call_once(|| {
            tracing::warn!("an entry of X-Forwarded-For is no address; this is not said again");
        });
        stand_in(entry)
    })
}

/// Reads an address as proxies write it: alone, with a port, in brackets or in quotes.
fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let alone = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    alone.unwrap_or(text).parse().ok().or_else(with_port)
}

/// An address of its own for an entry that is none, such as `unknown`: with the proxy's, everybody with such an entry
/// would share one limit. It is of the private range fd00::/8, and other entries have another /64 there.
fn stand_in(entry: &[u8]) -> IpAddr {
    let digest = Sha256::digest(entry);
    let mut octets = [0; 16];
    octets[0] = 0xfd;
    octets[1..8].copy_from_slice(&digest[..7]);
    IpAddr::V6(Ipv6Addr::from(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(forwarded: &[&[u8]], trusted_proxies: usize) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(
                "x-forwarded-for",
                value.to_vec().try_into().expect("a header"),
            );
        }
        let peer = ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1)));
        client_ip(&headers, Some(&peer), trusted_proxies).to_string()
    }

    #[test]
    fn only_configured_proxies_are_believed() {
        let hops: [&[u8]; 1] = [b"6.6.6.6, 203.0.113.7"];
        assert_eq!(seen(&hops, 0), "10.0.0.1");
        assert_eq!(seen(&hops, 1), "203.0.113.7");
        assert_eq!(seen(&hops, 2), "6.6.6.6");
        assert_eq!(seen(&hops, 3), "10.0.0.1");
        assert_eq!(seen(&[b"6.6.6.6", b"203.0.113.7"], 1), "203.0.113.7");
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (entry, expected) in [
            ("203.0.113.7:4711", "203.0.113.7"),
            (" 203.0.113.7 ", "203.0.113.7"),
            ("\"203.0.113.7\"", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
        ] {
            assert_eq!(seen(&[entry.as_bytes()], 1), expected, "{entry}");
        }
        let peer = ConnectInfo("[::ffff:192.0.2.1]:80".parse().expect("an address"));
        let ip = client_ip(&HeaderMap::new(), Some(&peer), 0);
        assert_eq!(ip.to_string(), "192.0.2.1");
    }

    #[test]
    fn what_is_no_address_is_a_visitor_of_its_own() {
        let network = |entry: &[u8]| {
            let ip: Ipv6Addr = seen(&[entry], 1).parse().expect("a stand-in");
            assert!(ip.is_unique_local(), "{ip}");
            ip.segments()[..4].to_vec()
        };
        let entries: [&[u8]; 6] = [
            b"unknown",
            b"_hidden",
            b"_SEVKISEK",
            b"",
            b"300.1.1.1",
            b"\xff",
        ];
        for (index, one) in entries.iter().enumerate() {
            assert_eq!(network(one), network(one));
            for other in &entries[..index] {
                assert_ne!(network(one), network(other));
            }
        }
    }
}
