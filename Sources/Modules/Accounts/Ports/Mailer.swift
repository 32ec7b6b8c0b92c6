import Basics

/// Sends mail to users.
package protocol Mailer: Sendable {
    /// Takes a mail and returns at once. It is sent later, or dropped if too many wait.
    func send(_ mail: Mail)
}

/// A mail of this module.
package struct Mail: Sendable {
    package let to: EmailAddress
    package let subject: String
    /// The text, whose lines end with a newline.
    package let text: String
}
