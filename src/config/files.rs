//! `[files]`: where pictures lie, and its check.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{ConfigError, Secret};

/// `[files]`
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    pub remote_cache_days: i64,
    pub store: String,
    pub endpoint: String,
    pub region: String,
    pub access_key: Secret,
    pub secret_key: Secret,
}

impl Default for Files {
    fn default() -> Self {
        Self {
            remote_cache_days: 30,
            store: String::new(),
            endpoint: String::new(),
            region: "us-east-1".into(),
            access_key: Secret::default(),
            secret_key: Secret::default(),
        }
    }
}

impl Files {
    /// The bucket that files lie in and the path within it, which may be empty; none when they lie in a folder.
    #[must_use]
    pub fn bucket(&self) -> Option<(&str, &str)> {
        let place = self.store.strip_prefix("s3://")?;
        Some(place.split_once('/').unwrap_or((place, "")))
    }

    /// # Errors
    /// A sentence that names the key.
    pub(super) fn check(&mut self) -> Result<(), ConfigError> {
        let wrong = |text: String| Err(ConfigError(text));
        if !(1..=3_650).contains(&self.remote_cache_days) {
            return wrong(format!("files.remote_cache_days must be from 1 to 3650; it is {}", self.remote_cache_days));
        }
        let trimmed = self.store.trim_end_matches('/').to_owned();
        self.store = trimmed;
        if self.store.is_empty() {
            let about = [("endpoint", &self.endpoint), ("access_key", &self.access_key.0), ("secret_key", &self.secret_key.0)];
            return match about.iter().find(|(_, value)| !value.is_empty()) {
                Some((key, _)) => wrong(format!("files.{key} is set, but files.store is not")),
                None => Ok(()),
            };
        }
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let Some((bucket, within)) = self.bucket() else {
            return wrong(format!("files.store must be s3://BUCKET or s3://BUCKET/FOLDER; it is \"{}\"", self.store));
        };
        let parts = within.split('/').filter(|_| !within.is_empty());
        if bucket.is_empty() || !plain(bucket) || parts.clone().any(|part| part.is_empty() || part.starts_with('.') || !plain(part)) {
            return wrong(format!("files.store must be s3://BUCKET or s3://BUCKET/FOLDER; it is \"{}\"", self.store));
        }
        if self.region.is_empty() || !plain(&self.region) {
            return wrong("files.region must be the name of a region, like eu-west-1".into());
        }
        let address = Url::parse(&self.endpoint).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        if !self.endpoint.is_empty() && address.is_none_or(|url| url.query().is_some() || !url.username().is_empty()) {
            return wrong(format!("files.endpoint must be an address like https://s3.example; it is \"{}\"", self.endpoint));
        }
        for (key, value) in [("access_key", &self.access_key.0), ("secret_key", &self.secret_key.0)] {
            if value.is_empty() {
                return wrong(format!(
                    "files.{key} must be set when files.store is; best from a file: MEENT_FILES__{}_FILE",
                    key.to_uppercase()
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        Files {
            store: "s3://meent/pictures".into(),
            endpoint: "https://s3.example".into(),
            access_key: Secret("naam".into()),
            secret_key: Secret("heel geheim".into()),
            ..Files::default()
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        let refused = |change: fn(&mut Files)| {
            let mut files = files();
            change(&mut files);
            files.check().expect_err("refused").to_string()
        };
        assert!(refused(|files| files.store = "meent".into()).starts_with("files.store must be s3://"));
        assert!(refused(|files| files.store = "s3://meent/../x".into()).starts_with("files.store must be s3://"));
        assert!(refused(|files| files.store.clear()).starts_with("files.endpoint is set, but"));
        assert!(refused(|files| files.endpoint = "s3.example".into()).starts_with("files.endpoint must be"));
        assert!(refused(|files| files.region = "eu west".into()).starts_with("files.region"));
        assert!(refused(|files| files.secret_key.0.clear()).contains("MEENT_FILES__SECRET_KEY_FILE"));
        assert!(refused(|files| files.remote_cache_days = 0).starts_with("files.remote_cache_days"));
    }

    #[test]
    fn a_bucket_may_have_a_folder() {
        let mut whole = Files { store: "s3://meent/".into(), ..files() };
        whole.check().expect("fine");
        assert_eq!(whole.bucket(), Some(("meent", "")));
        assert_eq!(files().bucket(), Some(("meent", "pictures")));
        assert_eq!(Files::default().bucket(), None);
        assert!(!format!("{:?}", files()).contains("geheim"));
    }
}
