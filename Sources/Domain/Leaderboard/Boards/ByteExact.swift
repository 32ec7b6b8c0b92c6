/// A string that is compared by its bytes, as Redis, Postgres and signatures compare ids.
///
/// `==` on `String` treats different encodings of the same letter as equal, for example "é" as one code point or as
/// two. Two users would then be one. Mark the member of a type that is compared or hashed with `@ByteExact`, and use
/// this type for keys of dictionaries and sets. `scripts/check-sources` looks for ids that are compared as strings.
@propertyWrapper
public struct ByteExact: Hashable, Sendable {
    /// The text.
    public var wrappedValue: String

    /// Creates a member with this text.
    public init(wrappedValue: String) {
        self.wrappedValue = wrappedValue
    }

    /// Creates a key with this text.
    public init(_ text: String) {
        wrappedValue = text
    }

    /// Returns whether the UTF-8 bytes of both are the same.
    public static func == (left: ByteExact, right: ByteExact) -> Bool {
        left.wrappedValue.utf8.count == right.wrappedValue.utf8.count
            && left.wrappedValue.utf8.elementsEqual(right.wrappedValue.utf8)
    }

    /// Hashes the UTF-8 bytes, followed by a byte that never occurs in UTF-8. Without it, bytes of the next member
    /// could be mistaken for bytes of this one.
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
