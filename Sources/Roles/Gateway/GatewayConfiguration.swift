import Access
import Leaderboard
import Players

/// A gateway's settings, and what the node around it gives it.
public struct GatewayConfiguration: Sendable {
    /// Limits and times.
    public var settings = GatewaySettings()
    /// The origins that a browser may connect from, such as `https://example.com`; `*` allows all. Empty allows the
    /// origin that the request's own `Host` names. Clients that send no `Origin` are not browsers and pass.
    public var allowedOrigins: [String] = []
    /// Whether an address (4 or 16 bytes) is that of a proxy whose `X-Forwarded-For` is believed; nil if there are
    /// none.
    public var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?
    /// When the node stops: after how long connections that are still open are cut.
    public var drainLimit: Duration = .seconds(10)
    /// The boards of the moment.
    public var boards: any BoardSource
    /// Milliseconds since 1970.
    public var now: @Sendable () -> Int64
    /// Checks tokens; nil if there are no keys, and nobody may see a private board.
    public var tokens: TokenVerifiers?
    /// Whether messages sent through the feed arrive here: a check of the feed from end to end. Nil if nobody looks
    /// after that; then the feed's own word is taken.
    public var canary: (@Sendable () -> FeedProof)?

    /// The way to users, challenge rooms and play nodes; nil on a node that serves boards alone.
    public var line: (any LiveLine)?

    /// The defaults.
    ///
    /// - Parameters:
    ///   - boards: the boards of the moment.
    ///   - now: milliseconds since 1970.
    public init(boards: any BoardSource, now: @escaping @Sendable () -> Int64) {
        self.boards = boards
        self.now = now
    }

    /// Bytes that wait in this process for a slow event stream before it is skipped, and down to which they must fall
    /// before it has caught up. A WebSocket is skipped while anything waits.
    static let waitingBytes = 32 * 1024...64 * 1024
    /// Bytes that the kernel holds unsent for a peer (`TCP_NOTSENT_LOWAT`): what is in there cannot be replaced by a
    /// later state.
    static let unsentKernelBytes = 16 * 1024
}
