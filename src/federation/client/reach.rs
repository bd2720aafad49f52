//! Where requests can't go, whatever a name leads to: tests of what stands between an address and a connection.

use tokio::net::TcpListener;

use super::*;

/// A name may lead to one address when it is looked at and to another when it is used: it is looked at when it is used.
#[tokio::test]
async fn t_71_what_a_name_leads_to_is_looked_at_by_the_connection_itself() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    let mut config = Config::default();
    let client = Client::new(&config, Clock::System, Schemes::new(None)).unwrap();
    // Past every check of the address: the connection is refused all the same, and nobody has knocked.
    let refused = chain(&client.http.get(&address).send().await.unwrap_err());
    assert!(refused.contains("internal"), "{refused}");
    assert!(futures_util::FutureExt::now_or_never(listener.accept()).is_none());
    config.federation.allow_networks = vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
    let client = Client::new(&config, Clock::System, Schemes::new(None)).unwrap();
    let (_, arrived) = tokio::join!(tokio::time::timeout(Duration::from_secs(5), client.http.get(&address).send()), async {
        let (stream, _) = listener.accept().await.unwrap();
        drop(stream);
        true
    });
    assert!(arrived, "where it is allowed, it does");
}
