/// All attempts of one user within one minute for one reason.
public struct SuspicionSummary: Hashable, Sendable {
    /// The minute's start, in ms since 1970.
    public let minute: Int64
    /// The first attempt.
    public let first: Suspicion
    /// When the last attempt was, in ms since 1970.
    public private(set) var lastAt: Int64
    /// The number of attempts.
    public private(set) var attempts: Int64
    /// The most points that one of the attempts would have brought; nil if no points are known.
    public private(set) var pointsMax: Int64?

    private static let minuteMilliseconds: Int64 = 60_000

    /// Creates the summary of one attempt.
    public init(_ suspicion: Suspicion) {
        minute = Self.minute(of: suspicion)
        first = suspicion
        lastAt = suspicion.at
        attempts = 1
        pointsMax = suspicion.action?.points
    }

    /// Returns the start of an attempt's minute, in ms since 1970.
    public static func minute(of suspicion: Suspicion) -> Int64 {
        suspicion.at - suspicion.at % minuteMilliseconds
    }

    /// Adds later attempts of the same user, minute and reason.
    public mutating func merge(_ later: SuspicionSummary) {
        lastAt = max(lastAt, later.lastAt)
        attempts += later.attempts
        if let points = later.pointsMax { pointsMax = max(pointsMax ?? points, points) }
    }
}
