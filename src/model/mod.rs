//! The nouns: what Meent talks about. No I/O, no SQL, no JSON-LD here.

pub mod actor;
pub mod dates;
pub mod event;
pub mod handle;
pub mod ics;
pub mod ids;
pub mod links;
pub mod markup;
pub mod mentions;
pub mod moderation;
pub mod multikey;
pub mod names;
pub mod packed;
pub mod page;
pub mod picture;
pub mod post;
pub mod recurrence;
pub mod rights;
pub mod time;
pub mod topic;
pub mod urls;
pub mod when;
pub mod words;
pub mod zones;

pub use actor::{Account, AccountState, Actor, ActorKind, Follow, FollowState};
pub use event::{Attendee, Event, EventStatus, Place, Plan, Rsvp, Series, SignUp, Standing};
pub use handle::Handle;
pub use ids::{
    ActivityId, ActorId, AttachmentId, AttendeeId, Ids, InvitationId, JobId, MailId, ModerationId, NotificationId, PostId, ProposalId,
    ReceivedId, RegistrationId, ReportId, SeriesId, TopicId,
};
pub use moderation::{GroupWord, Moderation, Objection, ObjectionState, Particulars, RemovedWords, Report, ReportState, Suspension, What};
pub use multikey::Multikey;
pub use page::{Cursor, Page};
pub use picture::{Attachment, FileHash, Picture};
pub use post::{Post, PostKind, Removable, Tried};
pub use time::{Clock, Time};
pub use topic::{Tag, Topic};
pub use urls::Urls;
pub use words::Lang;
