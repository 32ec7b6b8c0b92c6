import Basics

/// Ids of accounts.
package enum UserID {
    private static let prefix = "usr_"

    /// A new id: 128 random bits.
    package static func random() -> String {
        let bits = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
        return prefix + withUnsafeBytes(of: bits) { Base64.encodeURL($0) }
    }
}
