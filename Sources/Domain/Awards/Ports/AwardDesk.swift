/// Where modules learn what has become of an award that they have just stored.
public protocol AwardDesk: Sendable {
    /// Sends an award to the hub, and waits until it is settled.
    ///
    /// - Parameters:
    ///   - id: its row, committed.
    ///   - patience: after this long the answer is `pending`, and a worker goes on.
    func settle(_ id: Int64, within patience: Duration) async -> AwardState
}
