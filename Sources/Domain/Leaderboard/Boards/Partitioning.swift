/// Maps a board's group to a partition.
///
/// A partition is one Redis hash tag (`{sc07}`), one outbox stream and one persister lease. The number of partitions is
/// fixed when a deployment is created: with another number, boards would be looked up in the wrong partitions.
public struct Partitioning: Hashable, Sendable {
    /// The number of partitions; 1 to 64.
    public let count: Int

    /// - Parameter count: 1 to 64.
    public init(count: Int = 16) {
        precondition((1...64).contains(count), "1 to 64 partitions")
        self.count = count
    }

    /// Returns the partition of a board, 0 ..< `count`: FNV-1a (64 bits) of its group, modulo the count.
    public func partition(of board: Board) -> Int {
        Int(FNV1a.hash(board.group.utf8) % UInt64(count))
    }

    /// All partitions, in order.
    public var all: Range<Int> { 0..<count }
}

/// The hash FNV-1a with 64 bits. It gives the same number on every machine. It is not safe against attackers who choose
/// the input.
package enum FNV1a {
    /// Returns the hash of these bytes.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
