/// The limits of a reader. Each one stops inputs that cost more to read than they cost to send.
public struct JSONLimits: Equatable, Sendable {
    /// The largest value of ``maxDepth``. Values are read by recursion, so this bounds the stack.
    public static let deepest = 128

    /// How deeply arrays and objects may be nested; `[[]]` is 2 deep. At most ``deepest``.
    public let maxDepth: Int

    /// The most members of one object. Each key is compared with all others, so the work grows quadratically.
    public let maxMembers: Int

    /// The most elements of an array if the caller skips it or reads it as a ``JSONValue``.
    public let maxElements: Int

    /// The largest size of the whole text in bytes; at most 2^31 - 1.
    public let maxDocumentBytes: Int

    /// Whether an object may name a key twice. Set this only to find where values end: code that reads the members
    /// must refuse duplicate keys itself.
    public let allowsDuplicateKeys: Bool

    /// The defaults are for a request body of a web service. Values out of bounds are clamped.
    public init(
        maxDepth: Int = 16,
        maxMembers: Int = 64,
        maxElements: Int = 10_000,
        maxDocumentBytes: Int = 1 << 20,
        allowsDuplicateKeys: Bool = false
    ) {
        self.maxDepth = min(max(maxDepth, 0), Self.deepest)
        self.maxMembers = max(maxMembers, 0)
        self.maxElements = max(maxElements, 0)
        self.maxDocumentBytes = min(max(maxDocumentBytes, 0), Int(Int32.max))
        self.allowsDuplicateKeys = allowsDuplicateKeys
    }
}
