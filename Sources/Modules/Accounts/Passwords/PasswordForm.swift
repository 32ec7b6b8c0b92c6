import Foundation

/// The form of passwords.
package enum PasswordForm {
    /// How many characters (grapheme clusters) a password may have.
    package static let lengths = 10...256
    /// The most bytes of UTF-8. More would only cost work.
    package static let bytesMax = 1024

    /// Why nobody may choose a password, as a clause that follows `password`; nil if it is good.
    package static func problem(with password: String) -> String? {
        guard password.utf8.count <= bytesMax else { return "must have at most \(bytesMax) bytes" }
        let password = normalized(password)
        guard lengths.contains(password.count) else {
            return "must have \(lengths.lowerBound) to \(lengths.upperBound) characters"
        }
        guard !CommonPasswords.contains(password) else { return "is one of the most common passwords" }
        return nil
    }

    /// The form in which passwords are hashed: NFC. Keyboards differ in whether they compose an accent and its letter.
    static func normalized(_ password: String) -> String { password.precomposedStringWithCanonicalMapping }
}
