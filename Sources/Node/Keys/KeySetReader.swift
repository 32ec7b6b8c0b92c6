import Signing

/// Reads the document of a key set from where it is kept.
public protocol KeySetReader: Sendable {
    /// The document, at most ``KeySet/bytesMax`` bytes, in bounded time.
    ///
    /// - Throws: why there is none.
    func read() async throws(KeySetUnreachable) -> [UInt8]
}

/// Why there is no document of a key set, in words for an operator.
public struct KeySetUnreachable: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the set should be, and what came instead.
    public let description: String

    /// An error with this sentence.
    public init(_ description: String) { self.description = description }
}
