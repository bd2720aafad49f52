//! What people rely on is written down: every setting in the example, every command and route in the docs.

use std::collections::BTreeMap;

use meent::config::Config;

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_example_configuration_holds_every_key_with_its_default() {
    let example: toml::Table = read("config.example.toml").parse().expect("TOML");
    let mut defaults = toml::Table::try_from(Config::default()).expect("a table");
    assert_eq!(example, defaults, "config.example.toml and Config::default() differ");
    // Each key has a line of explanation above it.
    let text = read("config.example.toml");
    let lines: Vec<&str> = text.lines().collect();
    for (number, line) in lines.iter().enumerate() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(lines[number - 1].starts_with("# "), "{line} is not explained");
        }
    }
    defaults.insert("unknown".into(), 1.into());
    assert!(Config::parse(&defaults.to_string(), &BTreeMap::new()).is_err());
}

#[test]
fn every_setting_is_in_the_operators_manual() {
    let manual = read("docs/OPERATING.md");
    let table = toml::Table::try_from(Config::default()).expect("a table");
    for (key, value) in &table {
        let names: Vec<String> = match value {
            toml::Value::Table(section) => section.keys().map(|inner| format!("{key}.{inner}")).collect(),
            _ => vec![key.clone()],
        };
        for name in names {
            assert!(manual.contains(&format!("`{name}`")), "docs/OPERATING.md does not explain {name}");
        }
    }
}

#[test]
fn the_configuration_to_install_with_is_a_good_one() {
    let config = Config::parse(&read("docs/install/config.toml"), &BTreeMap::new()).expect("a good configuration");
    // What the unit lets it write, where the sites of nginx and Caddy look for it, and whom it believes.
    let unit = read("docs/install/meent.service");
    assert!(unit.contains("StateDirectory=meent\n") && config.data_dir == std::path::Path::new("/var/lib/meent"));
    for site in ["docs/install/nginx.conf", "docs/install/Caddyfile"] {
        assert!(read(site).contains(&config.listen), "{site} does not pass on to {}", config.listen);
    }
    let proxy = config.listen.parse::<std::net::SocketAddr>().expect("an address").ip();
    assert!(config.server.trusted_proxies.iter().any(|network| network.contains(&proxy)));
    // Every file that the manual shows is there.
    let manual = read("docs/OPERATING.md");
    for file in manual.split("docs/install/").skip(1).map(|rest| rest.split([' ', '`', '\n', ']', ')']).next().unwrap_or_default()) {
        assert!(std::path::Path::new(&format!("{}/docs/install/{file}", env!("CARGO_MANIFEST_DIR"))).exists(), "docs/install/{file}");
    }
}

#[test]
fn every_federation_route_is_documented() {
    let docs = read("docs/FEDERATION.md");
    let routes = read("src/federation/routes.rs");
    let mut found = 0;
    for path in routes.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        found += 1;
        assert!(docs.contains(&format!("`{path}`")), "docs/FEDERATION.md does not name {path}");
    }
    assert!(found > 15);
}
