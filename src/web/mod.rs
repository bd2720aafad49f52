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

/// Where a request comes from, put into its extensions by the app.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddr(pub std::net::IpAddr);

pub mod headers {
    //! stub until the pages are merged
    use axum::extract::{Request, State};
    use axum::middleware::Next;
    use axum::response::Response;
    pub async fn security_headers(State(_core): State<std::sync::Arc<crate::ops::Core>>, request: Request, next: Next) -> Response {
        next.run(request).await
    }
}
