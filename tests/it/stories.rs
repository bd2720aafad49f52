//! Stories: what people do with Meent, from the first page to the last, in a real browser, with mails as a real mail server
//! received them. What happens on one page is tested beside that page; here the road between the pages is.

mod digest;
mod joining;
mod managing;
mod moderating;
mod password;
mod session;
mod theme;
