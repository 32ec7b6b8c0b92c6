/// What a reader accepts at most. Each limit stops an input that costs more to read than it cost to send.
public struct JSONLimits: Equatable, Sendable {
    /// The deepest nesting that can be asked for. Values are read by recursion, so this bounds the stack.
    public static let deepest = 128

    /// How deeply arrays and objects may be nested; `[[]]` is 2 deep. At most ``deepest``.
    public let maxDepth: Int

    /// How many members one object may have. Keys are compared with each other, so work grows with its square.
    public let maxMembers: Int

    /// How many elements an array may have that the caller skips or decodes into a ``JSONValue``.
    public let maxElements: Int

    /// How long the whole text may be, in bytes; at most 2^31 - 1.
    public let maxDocumentBytes: Int

    /// Whether an object may name a key twice. Only for finding where values end: who reads the members must refuse it.
    public let allowsDuplicateKeys: Bool

    /// Limits for a request body of a web service. A value beyond a bound of its own is cut to that bound.
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
