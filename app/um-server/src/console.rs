//! The commands of the console.

use hark_um::{MessageChoice, MessageStatus};

/// What may be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Play {
        user: String,
        message: MessageChoice,
    },
    Call {
        user: String,
        from: Option<String>,
    },
    Users,
    Mailbox {
        user: String,
    },
    Help,
    Quit,
}

/// Why a line means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("`{0}` is no command; try `help`")]
    Unknown(String),
    #[error("usage: {0}")]
    Usage(&'static str),
}

impl Command {
    /// Reads a line; an empty one is no command.
    pub fn parse(line: &str) -> Result<Option<Self>, CommandError> {
        let words: Vec<_> = line.split_whitespace().collect();
        let command = match words[..] {
            [] => return Ok(None),
            ["play", user] => Self::play(user, MessageChoice::Newest),
            ["play", user, number] => match number.parse() {
                Ok(number) if number > 0 => Self::play(user, MessageChoice::Number(number)),
                Ok(_) | Err(_) => return Err(CommandError::Usage(PLAY)),
            },
            ["call", user] => Self::Call {
                user: user.to_owned(),
                from: None,
            },
            ["call", user, from] => Self::Call {
                user: user.to_owned(),
                from: Some(from.to_owned()),
            },
            ["users"] => Self::Users,
            ["mailbox", user] => Self::Mailbox {
                user: user.to_owned(),
            },
            ["help"] => Self::Help,
            ["quit"] => Self::Quit,
            ["play", ..] => return Err(CommandError::Usage(PLAY)),
            ["call", ..] => return Err(CommandError::Usage(CALL)),
            ["mailbox", ..] => return Err(CommandError::Usage(MAILBOX)),
            [word, ..] => return Err(CommandError::Unknown(word.to_owned())),
        };
        Ok(Some(command))
    }

    fn play(user: &str, message: MessageChoice) -> Self {
        Self::Play {
            user: user.to_owned(),
            message,
        }
    }
}

/// One message of `mailbox`.
pub(crate) fn line(number: usize, message: &MessageStatus) -> String {
    let MessageStatus {
        name,
        number: from,
        received,
        duration,
        is_new,
    } = message;
    let state = if *is_new { "new" } else { "saved" };
    format!(
        "{number}\t{state}\t{received}\t{} s\t{from}\t{name}",
        duration.as_secs()
    )
}

const PLAY: &str = "play USER [N]";
const CALL: &str = "call USER [FROM]";
const MAILBOX: &str = "mailbox USER";

pub(crate) const HELP: &str = "\
play USER [N]     call USER and play message N (1 is the newest, and meant without N)
call USER [FROM]  call USER as the number FROM, say a sentence and hang up
users             list the users with their devices and messages
mailbox USER      list the messages of USER, the newest first
quit              end calls and the server";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        let ok = |line| Command::parse(line).unwrap();
        assert_eq!(ok("  "), None);
        assert_eq!(
            ok(" play  dana 3 "),
            Some(Command::play("dana", MessageChoice::Number(3)))
        );
        assert_eq!(
            ok("play dana"),
            Some(Command::play("dana", MessageChoice::Newest))
        );
        assert_eq!(
            ok("call dana +1425"),
            Some(Command::Call {
                user: "dana".to_owned(),
                from: Some("+1425".to_owned())
            })
        );
        assert_eq!(ok("users"), Some(Command::Users));
        assert_eq!(
            ok("mailbox dana"),
            Some(Command::Mailbox {
                user: "dana".to_owned()
            })
        );
        assert_eq!(ok("quit"), Some(Command::Quit));
    }

    #[test]
    fn what_means_nothing_is_explained() {
        let error = |line| Command::parse(line).unwrap_err().to_string();
        assert_eq!(error("play"), "usage: play USER [N]");
        assert_eq!(error("play dana 0"), "usage: play USER [N]");
        assert_eq!(error("play dana first"), "usage: play USER [N]");
        assert_eq!(error("call"), "usage: call USER [FROM]");
        assert_eq!(error("mailbox a b"), "usage: mailbox USER");
        assert_eq!(error("dance"), "`dance` is no command; try `help`");
    }

    #[test]
    fn help_names_every_command() {
        for usage in [PLAY, CALL, "users", MAILBOX, "quit"] {
            assert!(HELP.lines().any(|line| line.starts_with(usage)), "{usage}");
        }
    }
}
