import StrictJSON

/// The own progress in a challenge.
public struct ChallengeProgress: Sendable, Equatable {
    /// The largest state, in bytes of JSON.
    public static let stateBytesMax = 1024

    /// 0 to 100.
    public let progress: Int
    /// What belongs to it, as JSON of up to ``stateBytesMax`` bytes; nil for nothing.
    public let state: String?

    /// - Returns: nil if the progress is not 0 to 100, or the state is not JSON or is too long.
    public init?(_ progress: Int, state: String? = nil) {
        guard (0...100).contains(progress) else { return nil }
        if let state {
            guard state.utf8.count <= Self.stateBytesMax, (try? JSONValue(Array(state.utf8))) != nil else { return nil }
        }
        self.progress = progress
        self.state = state
    }
}
