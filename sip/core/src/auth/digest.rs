//! The digest itself (RFC 7616 §3.4).

use zeroize::Zeroizing;

use super::Password;
use super::algorithm::Algorithm;
use super::challenge::Qop;

/// Everything that goes into a response besides the password.
#[derive(Debug, Clone, Copy)]
pub(super) struct DigestInput<'a> {
    pub algorithm: Algorithm,
    pub username: &'a str,
    pub realm: &'a str,
    pub nonce: &'a str,
    pub cnonce: &'a str,
    /// `nc` as it stands on the wire, eight hexadecimal digits.
    pub nonce_count: &'a str,
    pub qop: Option<Qop>,
    pub method: &'a str,
    pub uri: &'a str,
    pub body: &'a [u8],
}

impl DigestInput<'_> {
    /// The value of `response`.
    pub fn response(&self, password: &Password) -> String {
        let secret = self.secret(password);
        let request = self.algorithm.digest(self.request().as_bytes());
        let nonce = self.nonce;
        let joined = Zeroizing::new(match self.qop {
            Some(qop) => {
                let (count, cnonce) = (self.nonce_count, self.cnonce);
                format!("{}:{nonce}:{count}:{cnonce}:{qop}:{request}", *secret)
            }
            None => format!("{}:{nonce}:{request}", *secret),
        });
        self.algorithm.digest(joined.as_bytes())
    }

    /// H(A1), §3.4.2.
    fn secret(&self, password: &Password) -> Zeroizing<String> {
        let a1 = Zeroizing::new(format!(
            "{}:{}:{}",
            self.username,
            self.realm,
            password.expose()
        ));
        let hashed = Zeroizing::new(self.algorithm.digest(a1.as_bytes()));
        if !self.algorithm.session {
            return hashed;
        }
        let session = Zeroizing::new(format!("{}:{}:{}", *hashed, self.nonce, self.cnonce));
        Zeroizing::new(self.algorithm.digest(session.as_bytes()))
    }

    /// A2, §3.4.3.
    fn request(&self) -> String {
        match self.qop {
            Some(Qop::AuthInt) => {
                format!(
                    "{}:{}:{}",
                    self.method,
                    self.uri,
                    self.algorithm.digest(self.body)
                )
            }
            Some(Qop::Auth) | None => format!("{}:{}", self.method, self.uri),
        }
    }
}
