import Leaderboard

/// The last versions of a ranking's top within its current epoch, from which clients that have an older one are brought
/// up to date. Pure.
///
/// Of a ranking that changes faster than it is pushed, the pushed versions would soon be crowded out by those that were
/// passed over; so each kind has a bound of its own. The pushed ones serve slow clients, the others also those that
/// come from another node, which pushed other versions.
package struct TopHistory: Sendable {
    private let versionsMax: Int
    private var told: [Top] = []
    private var pushed: [Top] = []

    /// - Parameter versionsMax: how many versions are kept of each kind.
    package init(versionsMax: Int) {
        self.versionsMax = max(0, versionsMax)
    }

    /// A version became known.
    package mutating func recordAnnounced(_ top: Top) { Self.add(top, to: &told, atMost: versionsMax) }

    /// A version is being pushed.
    package mutating func recordPushed(_ top: Top) { Self.add(top, to: &pushed, atMost: versionsMax) }

    /// A version of the epoch that was added last.
    package func top(epoch: String, version: Int64) -> Top? {
        Self.find(epoch, version, in: pushed) ?? Self.find(epoch, version, in: told)
    }

    private static func add(_ top: Top, to list: inout [Top], atMost versionsMax: Int) {
        if let last = list.last, last.epoch != top.epoch { list = [] }
        list.append(top)
        if list.count > versionsMax { list.removeFirst() }
    }

    /// The latest is asked for most.
    private static func find(_ epoch: String, _ version: Int64, in tops: [Top]) -> Top? {
        tops.last { $0.version == version && $0.epoch == epoch }
    }
}
