//! The nouns: what Meent talks about. No I/O, no SQL, no JSON-LD here.

pub mod actor;
pub mod handle;
pub mod ids;
pub mod markup;
pub mod names;
pub mod page;
pub mod post;
pub mod rights;
pub mod time;
pub mod urls;

pub use actor::{Account, Actor, ActorKind, Follow, FollowState};
pub use handle::Handle;
pub use ids::{ActivityId, ActorId, Ids, JobId, PostId, ReceivedId};
pub use page::{Cursor, Page};
pub use post::{Post, PostKind};
pub use time::{Clock, Time};
pub use urls::Urls;
