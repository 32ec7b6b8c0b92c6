import Basics
import Crypto

/// SHA-256 of an API key, which is all that is kept of it. A key has 256 random bits, so its hash needs no salt, and
/// looking a hash up tells nothing about the key.
public struct APIKeyHash: Hashable, Sendable {
    /// The beginning of every API key. No token begins like that: it would not be JSON.
    public static let prefix = "sck_"
    /// The length of a key: the prefix, and 32 bytes in base64url.
    public static let keyLength = 47

    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// The hash of a key; nil unless the text has the length and the beginning of one.
    public init?(ofKey key: UnsafeRawBufferPointer) {
        guard key.count == Self.keyLength, Self.isKey(key) else { return nil }
        self = SHA256.hash(data: key).withUnsafeBytes { APIKeyHash(words: $0) }
    }

    /// A hash that is stored as 32 bytes; nil for any other number of bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == SHA256.byteCount else { return nil }
        self = bytes.withUnsafeBytes { APIKeyHash(words: $0) }
    }

    /// Whether a text claims to be an API key.
    package static func isKey(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count >= prefix.utf8.count && zip(text, prefix.utf8).allSatisfy { $0 == $1 }
    }

    private init(words bytes: UnsafeRawBufferPointer) {
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        fourth = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] { withUnsafeBytes(of: (first, second, third, fourth)) { Array($0) } }

    /// 64 hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.text(bytes) }
}
