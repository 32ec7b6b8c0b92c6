import Leaderboard

/// Decides when the outboxes are full. Pure.
package struct BacklogRule: Sendable {
    /// The most bytes that all outboxes may take together; nil for a part of Redis' memory.
    private let bytesMax: Int64?
    /// Whether updates are refused.
    package private(set) var isFull = false

    /// The bound if neither the setting nor Redis has one.
    package static let bytesMaxDefault: Int64 = 2 << 30
    /// The part of Redis' `maxmemory` that the outboxes may take.
    private static let partOfMemory: Int64 = 4

    /// - Parameter bytesMax: the bound; nil for the default.
    package init(bytesMax: Int64?) {
        self.bytesMax = bytesMax
    }

    /// The bound for a Redis with this memory.
    package func bound(_ size: OutboxSize) -> Int64 {
        bytesMax ?? size.memoryBytesMax.map { $0 / Self.partOfMemory } ?? Self.bytesMaxDefault
    }

    /// Takes a new measurement. Full outboxes stay full until they are below 90 % of the bound, so that nodes do not
    /// change their minds every second.
    package mutating func take(_ size: OutboxSize) {
        let bound = bound(size)
        isFull = size.bytes >= (isFull ? bound / 10 * 9 : bound)
    }
}
