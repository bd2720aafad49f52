//! Where names lead, looked at in the moment of connecting.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use activitypub_federation::resolver::ValidatingDnsResolver;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up and refuses those that lead inside, at the moment of connecting (T-70, T-71).
#[derive(Debug)]
pub struct Resolver {
    /// Whether names on this machine are good ones.
    pub loopback: bool,
    /// Networks that may be private.
    pub allow: Vec<IpNet>,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().trim_end_matches('.').to_ascii_lowercase();
        let allow = self.allow.clone();
        if self.loopback && (host == "localhost" || host.ends_with(".localhost")) {
            return Box::pin(async { Ok(Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0)))) as Addrs) });
        }
        Box::pin(async move {
            if !allow.is_empty() {
                let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
                if !found.is_empty()
                    && found.iter().all(|address| allow.iter().any(|network| network.contains(&address.ip().to_canonical())))
                {
                    return Ok(Box::new(found.into_iter()) as Addrs);
                }
            }
            let found: Vec<SocketAddr> = ValidatingDnsResolver::new(Vec::new(), true).resolve(name).await?.collect();
            if let Some(inside) = found.iter().find(|address| leads_inside(address.ip().to_canonical())) {
                return Err(format!("{host} leads to {}, which is not a public address", inside.ip()).into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Ranges that the library's resolver leaves open by design: protocol assignments, benchmarking, Teredo.
fn leads_inside(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.octets()[..3] == [192, 0, 0] || (ip.octets()[0] == 198 && ip.octets()[1] & 0xfe == 18) || ip == Ipv4Addr::UNSPECIFIED
        }
        IpAddr::V6(ip) => ip.segments()[0] == 0x2001 && ip.segments()[1] == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn t_70_no_name_leads_inside() {
        let resolver = Resolver { loopback: false, allow: Vec::new() };
        let inside = "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
            192.0.0.1 192.0.0.170 192.0.2.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
            :: ::1 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:192.0.0.8 64:ff9b::7f00:1 64:ff9b::a00:1 2001:0:1::1 2001:db8::1
            2002:7f00:1:: 2002:a00:1:: fc00::1 fdff::1 fe80::1 febf::1 ff02::1";
        for address in inside.split_whitespace() {
            assert!(resolver.resolve(address.parse().unwrap()).await.is_err(), "{address}");
        }
        for outside in ["8.8.8.8", "192.0.1.1", "198.20.0.1", "100.128.0.1", "172.32.0.1", "2a00:1450:400e::1"] {
            assert!(resolver.resolve(outside.parse().unwrap()).await.is_ok(), "{outside}");
        }
        // What an administrator allows, and nothing beside it. Names of this machine only with loopback.
        let resolver = Resolver { loopback: false, allow: vec!["10.1.0.0/16".parse().unwrap()] };
        assert!(resolver.resolve("10.1.2.3".parse().unwrap()).await.is_ok());
        assert!(resolver.resolve("10.2.0.1".parse().unwrap()).await.is_err());
        assert!(resolver.resolve("a.localhost".parse().unwrap()).await.is_err());
        let resolver = Resolver { loopback: true, allow: Vec::new() };
        assert!(resolver.resolve("a.localhost".parse().unwrap()).await.is_ok());
        assert!(resolver.resolve("10.0.0.1".parse().unwrap()).await.is_err());
    }
}
