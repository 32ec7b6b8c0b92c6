/// What an audit has counted and found. Lists are cut, counts are not.
public struct AuditFindings: Sendable {
    /// The rankings that were compared.
    public internal(set) var rankings = 0
    /// The entries that were compared.
    public internal(set) var entries = 0
    /// The rows of the ledger that were read.
    public internal(set) var events = 0
    /// The number of differences.
    public private(set) var differenceCount = 0
    /// The first of them.
    public private(set) var differences: [AuditDifference] = []
    /// The number of irregularities.
    public private(set) var irregularityCount = 0
    /// The first of them.
    public private(set) var irregularities: [Irregularity] = []
    /// The number of entries that changed each time they were looked at, or that the ledger did not reach in time.
    public package(set) var undecided = 0
    /// The boards that could not be compared, with the reasons.
    public private(set) var leftOut: [LeftOutBoard] = []

    /// The most differences, and the most irregularities, that are listed.
    public static let listedMax = 1000

    /// Creates empty findings.
    public init() {}

    /// Whether everything was compared and is the same. Irregularities do not matter.
    public var isClean: Bool { differenceCount == 0 && undecided == 0 && leftOut.isEmpty }

    /// Counts a difference, and lists it while there is room.
    public mutating func add(_ difference: AuditDifference) {
        differenceCount += 1
        if differences.count < Self.listedMax { differences.append(difference) }
    }

    /// Counts an irregularity, and lists it while there is room.
    public mutating func add(_ irregularity: Irregularity) {
        irregularityCount += 1
        if irregularities.count < Self.listedMax { irregularities.append(irregularity) }
    }

    /// Records that a board was not compared to the end.
    public mutating func leaveOut(_ board: String, because reason: String) {
        leftOut.append(LeftOutBoard(id: board, reason: reason))
    }

    /// Counts a ranking of Redis, and the entries that it was compared with.
    package mutating func count(rankings: Int, entries: Int) {
        self.rankings += rankings
        self.entries += entries
    }

    /// Adds the findings of another board.
    public mutating func merge(_ other: AuditFindings) {
        rankings += other.rankings
        entries += other.entries
        events += other.events
        undecided += other.undecided
        leftOut += other.leftOut
        differenceCount += other.differenceCount
        differences += other.differences.prefix(max(0, Self.listedMax - differences.count))
        irregularityCount += other.irregularityCount
        irregularities += other.irregularities.prefix(max(0, Self.listedMax - irregularities.count))
    }
}
