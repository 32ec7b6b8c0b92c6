/// When an update is answered (`SCORECAST_ACK`).
public enum Acknowledgement: String, Sendable, CaseIterable {
    /// When Redis has it.
    case applied
    /// When Postgres has it too.
    case persisted
}
