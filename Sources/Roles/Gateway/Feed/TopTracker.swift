import Leaderboard

/// Decides which of the tops that arrive is the current one. Pure.
///
/// Versions order the tops of one epoch, through all periods. Epochs have no order: a new one replaces the current one,
/// and later tops of a replaced epoch are late. Only a read that began after all of that can bring a replaced epoch
/// back.
package struct TopTracker {
    /// The current top; nil before the first.
    package private(set) var current: Top?
    /// Counts the tops that became current.
    package private(set) var generation = 0
    private var retired: [String] = []
    /// The number of replaced epochs that are remembered.
    private static let retiredMax = 8

    /// A tracker without a top.
    package init() {}

    /// Takes a top from the feed. Returns whether it becomes current.
    package mutating func take(changed top: Top) -> Bool {
        guard let current else { return replace(with: top) }
        if top.epoch == current.epoch { return top.version > current.version && replace(with: top) }
        return !retired.contains(top.epoch) && replace(with: top)
    }

    /// Takes a top that was read. Returns whether it becomes current.
    ///
    /// - Parameter begun: `generation` when the read began. If it is still the same, the feed has brought nothing newer
    ///   since.
    package mutating func take(read top: Top, begunAt begun: Int) -> Bool {
        guard let current, top.epoch != current.epoch, begun == generation else { return take(changed: top) }
        retired.removeAll { $0 == top.epoch }
        return replace(with: top)
    }

    private mutating func replace(with top: Top) -> Bool {
        if let old = current?.epoch, old != top.epoch {
            retired.append(old)
            if retired.count > Self.retiredMax { retired.removeFirst() }
        }
        current = top
        generation += 1
        return true
    }
}
