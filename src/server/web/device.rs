//! What a person calls the browser and the system that a `User-Agent` names.

/// Tokens in the order in which they decide: each of these browsers also names those after it.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// Both names, as `Chrome, Windows`; one of them where only that is known, else none.
#[must_use]
pub fn name(user_agent: &str) -> Option<String> {
    let find = |of: &[(&str, &'static str)]| {
        of.iter()
            .find_map(|(token, name)| user_agent.contains(token).then_some(*name))
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn browsers_are_told_apart_though_they_name_each_other() {
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (user_agent, expected) in [
            (format!("{mac} {webkit} Chrome/156.0.0.0 Safari/537.36"), Some("Chrome, macOS")),
            (format!("{mac} {webkit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0"), Some("Edge, macOS")),
            (format!("{mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"), Some("Safari, macOS")),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/156.0.0.0 Mobile/15E148 Safari/604.1".to_owned(),
                Some("Chrome, iPhone"),
            ),
            (format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/156.0.0.0 Mobile Safari/537.36"), Some("Chrome, Android")),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(), Some("Firefox, Windows")),
            ("curl/8.5.0".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(name(&user_agent).as_deref(), expected, "{user_agent}");
        }
    }
}
