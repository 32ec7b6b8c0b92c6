/// The acts of administrators and of the calendar on the rankings of a board. Each call is one step of the store, makes
/// an event for the ledger if it changes scores, and can be repeated safely.
public protocol BoardStore: PeriodTurner {
    /// Stamps the form of a board, so that updates which were prepared by an older form are refused.
    ///
    /// - Parameters:
    ///   - board: the board in its new form. Its `generation` becomes the stamp.
    ///   - old: the board before; nil if there was none. Its rankings are emptied in its group, and those that are over
    ///     are sealed by its rules.
    ///   - emptying: whether the board's rankings are emptied, in all periods that are not sealed.
    /// - Returns: false, and nothing is changed, if the board has scores and `emptying` is false.
    func stamp(_ board: Board, from old: Board?, emptying: Bool) async throws(StoreError) -> Bool
    /// Empties the current periods of some windows of a board. The version of each grows, and watchers get the empty
    /// top.
    func reset(_ board: Board, windows: [Window]) async throws(StoreError)
    /// Deletes a user's scores in the current periods of all windows. Returns false if there were none.
    func deleteUser(_ userID: String, of board: Board) async throws(StoreError) -> Bool
    /// The number of entries of periods, 0 for those without any.
    func counts(_ board: Board, window: Window, periods: [Period]) async throws(StoreError) -> [Int64]
    /// The store's time, in ms since 1970.
    func now() async throws(StoreError) -> Int64
}

/// Turns windows over to their next periods.
public protocol PeriodTurner: Sendable {
    /// Makes a period the current one of a window, unless it or a later one is already, or the store's clock is not in
    /// it. The version grows by one, and watchers get the top of the new period.
    ///
    /// - Returns: the store's time in ms since 1970.
    func turn(_ board: Board, window: Window, to period: Period) async throws(StoreError) -> Int64
}
