import Leaderboard

/// Tells whether a gateway can do its job now.
public struct GatewayReadiness: Sendable {
    let status: NodeStatus
    let boards: any BoardSource
    let feed: any TopFeed
    let canary: (@Sendable () -> FeedProof)?

    /// Why watchers are not, or would not be, told of changes now; nil while all is well. Answers from memory, and says
    /// something on a node without watchers too.
    public func whyNotReady() -> String? {
        if status.isDraining { return "the node is draining" }
        if !boards.isKnown { return "no catalogue yet" }
        if !feed.isLive { return "the feed of changes is cut" }
        return canary?().whyLate
    }
}
