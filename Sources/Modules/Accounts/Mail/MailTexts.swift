import Basics

/// The mails of this module. They hold nothing that a stranger wrote: an address that is only claimed may be that of
/// somebody who never heard of this server.
package struct MailTexts: Sendable {
    /// The address of the page that uses tokens, without a slash at its end; nil if there is none.
    private let publicURL: String?

    /// - Parameter publicURL: such as `https://game.example.com`; nil for mails with codes alone.
    package init(publicURL: String?) {
        self.publicURL = publicURL.map { url in url.hasSuffix("/") ? String(url.dropLast()) : url }
    }

    /// Asks whether an address is that of the user who claimed it.
    package func verification(to email: EmailAddress, token: OneTimeToken) -> Mail {
        Mail(
            to: email, subject: "Confirm your e-mail address",
            text: """
                Somebody gave this e-mail address for an account\(place).

                If it was you, \(step("confirm the address", "verify", token, within: "24 hours"))

                If it was not you, do nothing. The address is not used unless it is confirmed.

                """)
    }

    /// Lets a user set a new password.
    package func reset(to user: MailRecipient, token: OneTimeToken) -> Mail {
        Mail(
            to: user.email, subject: "Set a new password",
            text: """
                Somebody asked to set a new password for the account \(user.username)\(place).

                If it was you, \(step("set a new password", "reset", token, within: "one hour"))

                If it was not you, do nothing. The password stays as it is.

                """)
    }

    /// Tells a user that the password was set by a token.
    package func passwordChanged(_ user: MailRecipient) -> Mail {
        Mail(
            to: user.email, subject: "Your password was changed",
            text: """
                The password of the account \(user.username)\(place) was changed, by a link that was sent to this \
                address. The account was logged out everywhere.

                If it was not you, somebody else can read your mail. Secure your mailbox first, and then ask for a new \
                password again.

                """)
    }

    /// Tells a user, at the address in force, that another one is claimed.
    package func addressChanging(_ user: MailRecipient) -> Mail {
        Mail(
            to: user.email, subject: "Your e-mail address is about to change",
            text: """
                The account \(user.username)\(place) is to have another e-mail address. This one stays in use until \
                the other one is confirmed. The account was logged out everywhere else.

                If it was not you, somebody knows your password. Ask for a new password now, while this address is \
                still in use.

                """)
    }

    private var place: String {
        guard let host = publicURL?.split(separator: "/").dropFirst().first else { return "" }
        return " at \(host)"
    }

    /// The rest of the sentence, and the link or the code on a line of its own.
    private func step(_ aim: String, _ name: String, _ token: OneTimeToken, within time: String) -> String {
        guard let publicURL else { return "\(aim) with this code within \(time):\n\n\(token.text)" }
        return "\(aim) with this link within \(time):\n\n\(publicURL)/#\(name)=\(token.text)"
    }
}
