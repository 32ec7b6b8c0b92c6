import Basics

/// An administrative act, or a refusal of one, for the audit log.
///
/// It must hold no secret: no password, no token, no key.
package struct AuditEntry: Sendable, Equatable {
    /// How an act ended.
    package enum Outcome: String, Sendable {
        /// It was carried out.
        case done
        /// It was refused, since the actor may not do this.
        case refused
        /// It was allowed, but did not succeed. Parts of it may have happened.
        case failed
    }

    /// Who acted: the subject of the token or API key, or another word for it, such as `command line`.
    package let actor: String
    /// What was done: the thing and a verb, such as `board.reset` or `user.ban`.
    package let act: String
    /// Whom or what it was done to: the id of a user, a board, a key; nil if the act has no such object.
    package let subject: String?
    /// How it ended.
    package let outcome: Outcome
    /// Further facts, such as the reason that was given.
    package let detail: [String: String]
    /// The client address, as text; nil if it is not known.
    package let address: String?
    /// When it was done, in ms since 1970.
    package let at: Int64

    /// The longest text in an entry, in bytes; the rest is cut off.
    package static let textBytesMax = 512

    /// Gathers the parts. Text that is too long is cut off, and control characters are escaped, so that every entry can
    /// be stored.
    package init(
        actor: String, act: String, subject: String? = nil, outcome: Outcome = .done, detail: [String: String] = [:],
        address: String? = nil, at: Int64 = WallClock.milliseconds()
    ) {
        self.actor = Self.storable(actor)
        self.act = act
        self.subject = subject.map(Self.storable)
        self.outcome = outcome
        self.detail = detail.mapValues(Self.storable)
        self.address = address
        self.at = at
    }

    /// Text from outside in a form that Postgres can store, on one line.
    private static func storable(_ text: String) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let before = bytes.count
            if scalar.value < 0x20 || 0x7f...0x9f ~= scalar.value || scalar.value == 0x2028 || scalar.value == 0x2029 {
                bytes.appendEscaped(scalar)
            } else if let encoded = Unicode.UTF8.encode(scalar) {
                bytes.append(contentsOf: encoded)
            }
            guard bytes.count <= textBytesMax else {
                bytes.removeLast(bytes.count - before)
                break
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
