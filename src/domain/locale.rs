//! The three languages of the product and how one of them is chosen.

use serde::{Deserialize, Serialize};

/// A language of the pages; the first part of every page's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    #[default]
    En,
    Fr,
    He,
}

impl Locale {
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::He];
    /// The codes as a field's list of choices, in the order of [`Locale::ALL`].
    pub const CODES: &[&str] = &["en", "fr", "he"];

    /// The code in addresses, in `lang` and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::He => "he",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.code() == code)
    }

    /// The direction of writing, for `dir`.
    #[must_use]
    pub const fn dir(self) -> &'static str {
        match self {
            Self::En | Self::Fr => "ltr",
            Self::He => "rtl",
        }
    }

    /// The language's name in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::He => "עברית",
        }
    }

    /// The best language for an `Accept-Language` header (RFC 9110, section 12.5.4).
    ///
    /// Regions fall back to their language, the old code `iw` means Hebrew, `q=0` refuses a
    /// language and `*` accepts any. `None` when nothing fits or the header is broken.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = match parts.find_map(|part| part.strip_prefix("q=")) {
                None => 1.0,
                Some(text) => match text.parse::<f32>() {
                    Ok(quality) if (0.0..=1.0).contains(&quality) => quality,
                    _ => continue,
                },
            };
            let language = tag.split('-').next().unwrap_or_default();
            let locale = match language {
                "*" => Self::default(),
                "iw" => Self::He,
                code => match Self::from_code(code) {
                    Some(locale) => locale,
                    None => continue,
                },
            };
            if quality > 0.0 && best.is_none_or(|(top, _)| quality > top) {
                best = Some((quality, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::Locale;

    #[test]
    fn negotiation_follows_quality_and_falls_back_from_regions() {
        let cases = [
            ("fr-CA", Some(Locale::Fr)),
            ("he-IL,he;q=0.9,en;q=0.8", Some(Locale::He)),
            ("iw", Some(Locale::He)),
            ("de, fr;q=0.5, en;q=0.7", Some(Locale::En)),
            ("fr;q=0, he;q=0.1", Some(Locale::He)),
            ("de, *;q=0.1", Some(Locale::En)),
            ("de", None),
            ("", None),
            ("fr;q=nonsense", None),
            (";;;,,=q", None),
        ];
        for (header, expected) in cases {
            assert_eq!(Locale::negotiate(header), expected, "{header}");
        }
    }
}
