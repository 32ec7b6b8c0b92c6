/// A text that is told apart from others by its bytes, as ids are in Redis, in Postgres and under signatures.
///
/// To `==` on `String`, letters that are composed of one code point or of several are the same, so two users would be
/// one. A member of a type that is compared or hashed is marked `@ByteExact`; a key of a dictionary or a set is of this
/// type. `scripts/check-sources` looks for ids that are not.
@propertyWrapper
public struct ByteExact: Hashable, Sendable {
    /// The text.
    public var wrappedValue: String

    /// A member of that text.
    public init(wrappedValue: String) {
        self.wrappedValue = wrappedValue
    }

    /// A key of that text.
    public init(_ text: String) {
        wrappedValue = text
    }

    /// Whether all bytes of UTF-8 are the same.
    public static func == (left: ByteExact, right: ByteExact) -> Bool {
        left.wrappedValue.utf8.count == right.wrappedValue.utf8.count
            && left.wrappedValue.utf8.elementsEqual(right.wrappedValue.utf8)
    }

    /// Hashes the bytes of UTF-8, and one that no text has, so that the next member's bytes cannot pass for these.
    public func hash(into hasher: inout Hasher) {
        let isContiguous: Void? = wrappedValue.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isContiguous == nil {
            for byte in wrappedValue.utf8 { hasher.combine(byte) }
        }
        hasher.combine(UInt8.max)
    }
}
