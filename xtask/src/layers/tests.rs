//! Made-up metadata: each kind of bad edge fails, and what is allowed passes.

use super::table::LAYERS;
use super::{check, metadata};

/// One dependency as cargo metadata writes it.
fn edge(text: &str) -> String {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let kind = if rest.contains("dev") {
        "\"dev\""
    } else {
        "null"
    };
    let path = if name.starts_with("hark") {
        "\"/made/up\""
    } else {
        "null"
    };
    let optional = rest.contains("optional");
    format!(r#"{{"name":"{name}","kind":{kind},"path":{path},"optional":{optional}}}"#)
}

/// What the check says of one crate with these dependencies and features.
fn problems_with_features(name: &str, edges: &[&str], features: &str) -> Vec<String> {
    let edges: Vec<String> = edges.iter().map(|text| edge(text)).collect();
    let text = format!(
        r#"{{"packages":[{{"name":"{name}","dependencies":[{}],"features":{features}}}]}}"#,
        edges.join(",")
    );
    let row = LAYERS.iter().position(|layer| layer.name == name).unwrap();
    check(&metadata::parse(&text).unwrap(), &LAYERS[row..=row])
}

fn problems(name: &str, edges: &[&str]) -> Vec<String> {
    problems_with_features(name, edges, "{}")
}

#[test]
fn allowed_edges_pass() {
    assert_eq!(
        problems("hark-sip", &["rsip", "tracing", "hark-harness dev"]),
        [""; 0]
    );
    assert_eq!(
        problems("hark-phone", &["hark-sip", "tokio", "hark-audio"]),
        [""; 0]
    );
    assert_eq!(problems("hark-e2e", &["hark-um", "hark-phone"]), [""; 0]);
    assert_eq!(problems("hark-media", &["serde_json dev"]), [""; 0]);
}

#[test]
fn io_in_a_pure_core_fails() {
    for forbidden in [
        "tokio",
        "tokio-util",
        "rustls",
        "cpal",
        "egui",
        "serde",
        "serde_json",
    ] {
        let expected = format!("hark-sip must not depend on {forbidden}");
        assert_eq!(problems("hark-sip", &["rsip", forbidden]), [expected]);
    }
}

#[test]
fn real_time_in_the_tests_of_a_pure_core_fails() {
    let found = problems("hark-media", &["tokio dev"]);
    assert_eq!(
        found,
        ["hark-media must not depend on tokio, in its tests either"]
    );
}

#[test]
fn an_edge_upwards_or_across_fails() {
    for (from, to) in [
        ("hark-sip", "hark-media"),
        ("hark-media", "hark-sip"),
        ("hark-sip-net", "hark-media"),
        ("hark-audio", "hark-sip"),
        ("hark-phone", "hark-um"),
        ("hark-um", "hark-phone"),
        ("hark", "hark-sip"),
        ("hark", "hark-media"),
        ("hark-assets", "hark-phone"),
        ("xtask", "hark-media"),
    ] {
        assert_eq!(
            problems(from, &[to]),
            [format!("{from} must not depend on {to}")]
        );
    }
}

#[test]
fn tests_crates_are_dev_dependencies_only() {
    let found = problems("hark-sip", &["hark-harness"]);
    assert_eq!(found, ["hark-sip must not depend on hark-harness"]);
    assert_eq!(
        problems("hark-um", &["hark-e2e"]),
        ["hark-um must not depend on hark-e2e"]
    );
}

#[test]
fn the_window_takes_the_server_only_through_the_feature_demo() {
    let demo = r#"{"default":["demo"],"demo":["dep:hark-um"]}"#;
    assert_eq!(
        problems_with_features("hark", &["hark-um optional"], demo),
        [""; 0]
    );
    assert_eq!(
        problems_with_features("hark", &["hark-um"], demo),
        ["hark: hark-um must be optional"]
    );

    let other = r#"{"default":["dep:hark-um"]}"#;
    assert_eq!(
        problems_with_features("hark", &["hark-um optional"], other),
        ["hark: feature default must not enable dep:hark-um"]
    );
}

#[test]
fn xtask_takes_nothing_that_is_not_listed() {
    assert_eq!(
        problems("xtask", &["anyhow", "opus"]),
        ["xtask must not depend on opus"]
    );
}

#[test]
fn a_crate_without_a_row_and_a_row_without_a_crate_fail() {
    let text = r#"{"packages":[{"name":"hark-new","dependencies":[],"features":{}}]}"#;
    let found = check(&metadata::parse(text).unwrap(), &LAYERS[..1]);
    assert_eq!(
        found,
        [
            "hark-new has no row in the table",
            "the table has a row for hark-sip, which does not exist"
        ]
    );
}

#[test]
fn the_workspace_itself_keeps_to_the_table() {
    super::run().unwrap();
}
