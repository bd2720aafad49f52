//! The pages: server-rendered, complete without JavaScript. Reads through `db`, changes only through `ops`.

use std::sync::Arc;

use crate::ops::Core;
use crate::ops::finding::Finder;

/// What every page needs.
#[derive(Clone, Debug)]
pub struct Web {
    pub core: Arc<Core>,
    pub finder: Arc<dyn Finder>,
}

/// Every page.
pub fn router(web: Web) -> axum::Router {
    axum::Router::new().with_state(web)
}
