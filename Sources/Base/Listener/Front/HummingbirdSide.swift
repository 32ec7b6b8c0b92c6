import NIOHTTP1

/// Hummingbird's part of a connection's pipeline, which is made when its first request comes.
struct HummingbirdSide {
    /// Writes Hummingbird's responses; nil until its part of the pipeline is there.
    private(set) var encoder: HTTPResponseEncoder?
    private var knowsOfEnd = false

    var isThere: Bool { encoder != nil }

    /// Its part of the pipeline is there.
    mutating func start(encoder: HTTPResponseEncoder) { self.encoder = encoder }

    /// Whether Hummingbird has to be told that the client has closed its side. True once.
    mutating func takeEnd() -> Bool {
        guard !knowsOfEnd else { return false }
        knowsOfEnd = true
        return true
    }
}
