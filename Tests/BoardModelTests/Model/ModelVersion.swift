/// What is known of the version of a window's top. A store may count changes that it makes in one step as one, so a
/// version is a range until somebody reads it.
struct ModelVersion: Hashable, Sendable {
    /// The versions that it may have.
    private(set) var range: ClosedRange<Int64> = 0...0
    /// The name of the period whose top it counts; nil if it has counted nothing yet.
    private(set) var period: String?
    /// Periods to which the store may have turned, since something counted in them without a change of the top.
    private var perhaps: Set<String> = []

    /// Counts changes of the top of the period.
    mutating func grow(by changes: ClosedRange<Int64>) {
        range = range.lowerBound + changes.lowerBound...range.upperBound + changes.upperBound
    }

    /// Turns to a period. That is a new version, unless there was none.
    mutating func turn(to name: String) {
        guard period != name else { return }
        let (least, most): (Int64, Int64) =
            period == nil ? (range.lowerBound == 0 ? 0 : 1, range.upperBound == 0 ? 0 : 1) : (1, 1)
        grow(by: least...most + Int64(perhaps.subtracting([name]).count))
        (period, perhaps) = (name, [])
    }

    /// Turns to a period because somebody reads it. A window that has counted nothing stays as it is.
    mutating func turnForReader(to name: String) {
        if period == nil, range.upperBound == 0 {
            grow(by: 0...Int64(perhaps.subtracting([name]).count))
        } else {
            turn(to: name)
        }
    }

    /// Begins with another period, or with none, after some versions.
    mutating func begin(_ period: String?, after changes: ClosedRange<Int64>) {
        grow(by: changes)
        (self.period, perhaps) = (period, [])
    }

    /// Notes that the store may have turned to a period.
    mutating func mayTurn(to name: String) {
        if period != name { perhaps.insert(name) }
    }

    /// Takes a version that a store has answered. Returns whether that is possible.
    mutating func observe(_ version: Int64) -> Bool {
        guard range.contains(version) else { return false }
        range = version...version
        return true
    }
}
