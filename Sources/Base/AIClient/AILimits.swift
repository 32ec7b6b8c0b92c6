import Basics

/// What one question may cost.
public struct AILimits: Sendable {
    /// Until the whole answer to one request must be there.
    public var timeout = Duration.seconds(10)
    /// The requests for one question: one, and two more if it failed.
    public var triesMax = 3
    /// The longest answer, in bytes. It stops a service that never ends one.
    public var answerBytesMax = 64 * 1024
    /// The waits between requests.
    public var backoff = Backoff(base: .milliseconds(200), cap: .seconds(2), jitter: .equal)

    /// The defaults.
    public init() {}
}
