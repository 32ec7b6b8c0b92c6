import Leaderboard

/// Tells whether a gateway can do its job now.
public struct GatewayReadiness: Sendable {
    let status: NodeStatus
    let feed: any TopFeed
    let canary: (@Sendable () -> String?)?

    /// Why watchers are not, or would not be, told of changes now; nil while all is well. Answers from memory.
    ///
    /// The board `global` is followed whether or not anyone watches, so that this says something on an idle node too.
    public func whyNotReady() -> String? {
        if status.isDraining { return "the node is draining" }
        if !feed.isLive { return "the feed of changes is cut" }
        if !status.hasTop { return "the leaderboard was not read yet" }
        return canary?()
    }
}
