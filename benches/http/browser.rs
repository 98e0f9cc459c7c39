//! A customer's browser: signs up, opens a step and sends its form.

use std::net::SocketAddr;

use uuid::Uuid;

use super::load::ask;

const FORM: &str = "application/x-www-form-urlencoded";

/// A customer who has just signed up through the pages.
#[derive(Clone)]
pub struct Browser {
    address: SocketAddr,
    pub cookie: String,
}

/// A step's form as it was rendered.
#[derive(Clone)]
pub struct Form {
    browser: Browser,
    path: &'static str,
    csrf_token: String,
    editor: String,
}

impl Browser {
    pub async fn sign_up(address: SocketAddr) -> Self {
        let visitor = Self {
            address,
            cookie: String::new(),
        };
        let page = visitor.get("/en/signup").await;
        let csrf = between(&page, "csrf=", ";");
        let visitor = Self {
            address,
            cookie: format!("csrf={csrf}"),
        };
        let body = format!(
            "csrf_token={}&email={}%40example.com&password=four+plain+words+here",
            hidden(&page, "csrf_token"),
            Uuid::new_v4().simple()
        );
        let answer = visitor
            .send(&visitor.post("/en/signup", "1.0", "", &body))
            .await;
        let cookie = format!(
            "session={}; csrf={}; locale=en",
            between(&answer, "session=", ";"),
            between(&answer, "csrf=", ";")
        );
        Self { address, cookie }
    }

    /// A page with its headers.
    pub async fn get(&self, path: &str) -> String {
        let (host, cookie) = (self.address, &self.cookie);
        let request = format!("GET {path} HTTP/1.0\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n");
        self.send(&request).await
    }

    /// The bytes of a page.
    pub async fn html(&self, path: &str) -> Vec<u8> {
        let answer = self.get(path).await;
        let (_, html) = answer.split_once("\r\n\r\n").expect("headers");
        html.as_bytes().to_vec()
    }

    pub async fn open(&self, path: &'static str) -> Form {
        let page = self.get(path).await;
        Form {
            browser: self.clone(),
            path,
            csrf_token: hidden(&page, "csrf_token"),
            editor: hidden(&page, "editor"),
        }
    }

    fn post(&self, path: &str, http: &str, headers: &str, body: &str) -> String {
        format!(
            "POST {path} HTTP/{http}\r\nhost: {}\r\ncookie: {}\r\ncontent-type: {FORM}\r\n{headers}\
             content-length: {}\r\n\r\n{body}",
            self.address,
            self.cookie,
            body.len()
        )
    }

    async fn send(&self, request: &str) -> String {
        ask(self.address, request).await.expect("an answer")
    }
}

impl Form {
    /// The form as the page's own script sends it. A form that goes on saving needs no newer version.
    pub fn autosave(&self, sequence: usize, fields: &str) -> String {
        let Self {
            csrf_token, editor, ..
        } = self;
        let body = format!(
            "csrf_token={csrf_token}&version=0&editor={editor}&sequence={sequence}&{fields}&intent=autosave"
        );
        let accept = "accept: application/json\r\n";
        self.browser.post(self.path, "1.1", accept, &body)
    }

    /// Presses Continue.
    pub async fn submit(&self, fields: &str) -> String {
        let Self {
            csrf_token, editor, ..
        } = self;
        let body = format!(
            "csrf_token={csrf_token}&version=0&editor={editor}&sequence=1&{fields}&intent=continue"
        );
        let request = self
            .browser
            .post(self.path, "1.0", "accept: text/html\r\n", &body);
        self.browser.send(&request).await
    }
}

fn between(text: &str, from: &str, to: &str) -> String {
    let (_, rest) = text.split_once(from).expect("the start");
    rest.split_once(to).expect("the end").0.to_owned()
}

fn hidden(page: &str, name: &str) -> String {
    between(page, &format!("name=\"{name}\" value=\""), "\"")
}
