import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

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

    /// The largest difference for sure, in whole seconds: how far a node is ahead of this machine.
    var difference: Int {
        ranges.withLock { $0.map(\.difference).max { abs($0) < abs($1) } ?? 0 }
    }
}

/// What is known of one node's clock. Pure.
package struct ClockRange: Sendable, Equatable {
    private var least = -Double.infinity
    private var most = Double.infinity

    /// Nothing known.
    package init() {}

    /// Takes one answer into account. Its `Date` is right at its making, up to a second old, and cached by some servers
    /// for about a second more.
    package mutating func narrow(date: Double, sent: Double, received: Double) {
        let (low, high) = (date - received, date + 2 - sent)
        // A clock that was set meanwhile: what was known before is of no use.
        (least, most) = low > most || high < least ? (low, high) : (max(least, low), min(most, high))
    }

    /// How far it is ahead for sure, in whole seconds; negative when it is behind, 0 when the clocks may agree.
    package var difference: Int {
        guard least.isFinite, most.isFinite, least > 1 || most < -1 else { return 0 }
        return Int(((least + most) / 2).rounded())
    }
}

/// The time in an HTTP header field (RFC 9110, 5.6.7), in the form that servers send: `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970; nil for anything else.
    package static func seconds(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
            let month = months.firstIndex(of: String(words[2])),
            let year = Int(words[3])
        else {
            return nil
        }
        let clock = words[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3, clock.allSatisfy({ (0...60).contains($0) }), (1970...9999).contains(year),
            (1...31).contains(day)
        else { return nil }
        var time = tm()
        (time.tm_year, time.tm_mon, time.tm_mday) = (CInt(year - 1900), CInt(month), CInt(day))
        let seconds = timegm(&time)
        return Int(seconds) + clock[0] * 3600 + clock[1] * 60 + clock[2]
    }
}
