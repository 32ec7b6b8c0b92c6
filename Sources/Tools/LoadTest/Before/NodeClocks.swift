import Basics
import Synchronization

/// How far the clocks of nodes are from this machine's, from the `Date` fields of their answers. These are whole
/// seconds and take some time to arrive, so what is known is a range, which gets narrower with each answer.
final class NodeClocks: Sendable {
    private let ranges: Mutex<[ClockRange]>

    init(nodes: Int) { ranges = Mutex(Array(repeating: ClockRange(), count: nodes)) }

    /// An answer came.
    ///
    /// - Parameters:
    ///   - node: by number.
    ///   - date: the field.
    ///   - sent, received: this machine's clock, in seconds since 1970.
    func saw(_ date: String, of node: Int, sent: Double, received: Double) {
        guard let time = HTTPDate.seconds(date) else { return }
        ranges.withLock { $0[node].narrow(date: Double(time), sent: sent, received: received) }
    }

    /// The largest certain difference in whole seconds by which a node is ahead of this machine.
    var difference: Int {
        ranges.withLock { $0.map(\.difference).max { abs($0) < abs($1) } ?? 0 }
    }
}
