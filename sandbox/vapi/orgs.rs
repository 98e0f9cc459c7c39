//! What Vapi holds, in memory: an organisation for each key.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

#[derive(Default)]
pub struct Orgs {
    by_key: BTreeMap<String, Org>,
    /// Key and id of each number, in the order of their import.
    pub imports: Vec<(String, String)>,
}

/// One organisation; everything oldest first.
pub struct Org {
    pub id: String,
    pub assistants: Vec<Value>,
    pub numbers: Vec<Value>,
    pub calls: Vec<Value>,
}

impl Default for Org {
    fn default() -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            assistants: Vec::new(),
            numbers: Vec::new(),
            calls: Vec::new(),
        }
    }
}

impl Orgs {
    /// The organisation of a key, made at first use.
    pub fn of(&mut self, key: &str) -> &mut Org {
        self.by_key.entry(key.to_owned()).or_default()
    }
}
