import Leaderboard

/// Tells whether a gateway can do its job now.
public struct GatewayReadiness: Sendable {
    let status: NodeStatus
    let boards: any BoardSource
    let feed: any TopFeed
    let canary: (@Sendable () -> FeedProof)?

    /// Why watchers do not get changes now, or would not if there were any. Nil if they do. It needs no I/O.
    public func whyNotReady() -> String? {
        if status.isDraining { return "the node is draining" }
        if !boards.isKnown { return "no catalogue yet" }
        if !feed.isLive { return "the feed of changes is cut" }
        return canary?().whyLate
    }
}
