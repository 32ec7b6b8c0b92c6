import Synchronization

/// Counts, for each board, the changes that this node has answered. A read that began before the last of them may not
/// show it.
///
/// Boards are spread over a fixed number of counters. If two boards share one, their heads are only read more often.
/// The counters are atomic, since every update counts here.
final class HeadMarks: Sendable {
    private final class Mark: Sendable {
        let count = Atomic<UInt64>(0)
    }

    private let marks: [Mark]

    /// - Parameter count: the number of counters.
    init(count: Int = 256) {
        marks = (0..<count).map { _ in Mark() }
    }

    /// The count of a board. A read that begins now shows everything up to it.
    func value(of board: String) -> UInt64 { mark(of: board).count.load(ordering: .acquiring) }

    /// Counts a change of a board. Call it before the change is answered.
    func advance(_ board: String) { mark(of: board).count.add(1, ordering: .acquiringAndReleasing) }

    private func mark(of board: String) -> Mark {
        marks[Int(UInt(bitPattern: board.hashValue) % UInt(marks.count))]
    }
}
