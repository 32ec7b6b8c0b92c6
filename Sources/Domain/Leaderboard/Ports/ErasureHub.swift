/// Takes deleted users out of the store of the rankings.
public protocol ErasureHub: Sendable {
    /// The store's time, in ms since 1970.
    func now() async throws(StoreError) -> Int64
    /// Removes a user from all rankings of a board that are not sealed, with one event.
    ///
    /// - Parameters:
    ///   - writesEvent: whether there has to be an event although there is nothing to remove.
    ///   - deadline: the store's time from which the call is too late, in ms since 1970. It then throws `conflict`.
    func erase(
        _ erasure: Erasure, from board: Board, writesEvent: Bool, before deadline: Int64
    ) async throws(StoreError) -> BoardErasure
    /// Gives the user's scores in sealed rankings of the board to the pseudonym, and takes care that the last event of
    /// the partition does not name the user.
    ///
    /// - Parameter end: where the user's life ended. Does nothing if the board is in another partition by now.
    func rename(_ erasure: Erasure, on board: Board, upTo end: BoardErasure) async throws(StoreError)
}
