/// The rankings on which an update counts: the current periods of all windows of its boards. Immutable and shared, so
/// that an update carries one reference, and updates with the same targets can be applied together.
public final class UpdateTargets: Sendable {
    /// The boards, in the order of the action. They are of one group.
    public let boards: [Board]
    /// The id of the first board.
    public let boardID: String
    /// The rankings: those of the first board in the order of its windows, then those of the next board.
    public let targets: [UpdateTarget]
    /// The issue times for which these are the targets, in ms since 1970, half-open.
    public let validity: Range<Int64>

    /// The rankings for an action that was issued at a time.
    ///
    /// - Parameter calendars: the calendars of the boards, in the order of the action; at least one.
    public init(of calendars: [BoardCalendar], issuedAt: Int64) {
        boards = calendars.map(\.board)
        boardID = calendars[0].board.id
        targets = calendars.enumerated().flatMap { $1.targets(issuedAt: issuedAt, board: $0) }
        validity = calendars.reduce(Int64.min..<Int64.max) { $0.clamped(to: $1.validity(around: issuedAt)) }
    }

    /// The rankings of one board for an action that was issued at a time.
    public convenience init(of board: Board, issuedAt: Int64) {
        self.init(of: [BoardCalendar(board)], issuedAt: issuedAt)
    }

    /// The most rankings of one action.
    public static let countMax = 64
    /// The most boards of one action.
    public static let boardsMax = 16
}

/// One ranking on which an update counts.
public struct UpdateTarget: Hashable, Sendable {
    /// The board's place in ``UpdateTargets/boards``.
    public let board: Int
    /// The ranking.
    public let ranking: Ranking
    /// The ranking's period.
    public let period: Period
    /// The time of Redis' clock from which the period takes no more actions, in ms since 1970; nil if there is none.
    public let cut: Int64?
    /// Whether the window has no other period, so that this one is always current: `all` and seasons.
    public let isOnlyPeriod: Bool

    init(board index: Int, of board: Board, _ window: Window, _ period: Period) {
        self.board = index
        ranking = Ranking(board: board.id, window: window.name, period: period.name)
        self.period = period
        isOnlyPeriod = window.hasOnePeriod
        cut = period.cut(graceMilliseconds: board.graceMilliseconds)
    }
}
