//! Stands in for `i18n-embed-fl`, whose macro looks a text up in a table of translations when the program runs. The only crate here that uses it is `age`, and
//! no text of age's is ever shown: [`BackupError`](../ecosphere/purse/enum.BackupError.html) and the node say in their own words what is wrong. With the
//! original a reader of Fluent, language negotiation, plural rules and the texts in seven languages are linked into the wallet, for one error that
//! cannot be told apart from others.

/// The message's name; its arguments are not looked at.
#[macro_export]
macro_rules! fl {
    ($loader:expr, $id:expr $(, $($arguments:tt)*)?) => {
        ::std::string::String::from($id)
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_message_is_its_name_whatever_its_arguments() {
        assert_eq!(fl!(NOWHERE, "err-one"), "err-one");
        assert_eq!(fl!(NOWHERE, "err-two", count = 3, name = "x"), "err-two");
    }
}
