import Basics

/// The id of a session of an account: 128 random bits. In tokens (`sid`) and in JSON it is 22 characters of base64url.
public struct SessionID: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// A new id.
    public static func random() -> SessionID {
        SessionID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of a text; nil unless the text is the canonical form of one.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 22, let bytes = text.withBytes({ Base64.decodeURL($0) }), bytes.count == 16 else {
            return nil
        }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension SessionID: CustomStringConvertible {
    /// 22 characters of base64url.
    public var description: String {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Base64.encodeURL($0) }
    }
}
