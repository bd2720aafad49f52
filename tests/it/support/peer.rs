//! A scripted server of another make.
