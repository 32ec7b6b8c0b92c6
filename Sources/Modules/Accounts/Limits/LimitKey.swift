import Access
import Basics
import Crypto

/// Whom a limit counts for. It is a hash, so that nobody who reads Redis sees a name or an address.
package struct LimitKey: Hashable, Sendable {
    /// What a name stands for, so that no name of one kind counts as one of another.
    package enum Kind: String, Sendable {
        /// A username, in lower case.
        case username
        /// The address of a mailbox, in lower case.
        case email
        /// An account's id.
        case user
        /// The address of a client.
        case address
    }

    /// 43 characters of base64url.
    package let text: String

    /// The key of a name.
    package init(_ kind: Kind, _ name: String) {
        let hash = SHA256.hash(data: Array("\(kind.rawValue):\(name)".utf8))
        text = hash.withUnsafeBytes { Base64.encodeURL($0) }
    }

    /// The key of a client.
    package init(_ address: ClientAddress) { self.init(.address, address.description) }
}
