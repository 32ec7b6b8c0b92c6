import Leaderboard

/// The last versions of a window's top within its current epoch and period. A client that has one of them gets
/// only the changes since. Pure.
///
/// If a window changes faster than it is pushed, its pushed versions would soon be crowded out by the others. So each
/// kind has a bound of its own. The pushed versions serve slow clients. The others also serve clients that come from
/// another node, which has pushed other versions.
package struct TopHistory: Sendable {
    private let versionsMax: Int
    private var announced: [Top] = []
    private var pushed: [Top] = []

    /// - Parameter versionsMax: how many versions of each kind are kept.
    package init(versionsMax: Int) {
        self.versionsMax = max(0, versionsMax)
    }

    /// A version has become known.
    package mutating func recordAnnounced(_ top: Top) { Self.add(top, to: &announced, atMost: versionsMax) }

    /// A version is being pushed.
    package mutating func recordPushed(_ top: Top) { Self.add(top, to: &pushed, atMost: versionsMax) }

    /// A version that is kept; nil if it is not, or is of another epoch or period than the last one.
    package func top(epoch: String, version: Int64) -> Top? {
        Self.find(epoch, version, in: pushed) ?? Self.find(epoch, version, in: announced)
    }

    private static func add(_ top: Top, to list: inout [Top], atMost versionsMax: Int) {
        if let last = list.last, last.epoch != top.epoch || last.period != top.period { list = [] }
        list.append(top)
        if list.count > versionsMax { list.removeFirst() }
    }

    /// Searches from the end, since the latest versions are asked for most.
    private static func find(_ epoch: String, _ version: Int64, in tops: [Top]) -> Top? {
        tops.last { $0.version == version && $0.epoch == epoch }
    }
}
