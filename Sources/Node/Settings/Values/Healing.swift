/// Whether a persister rebuilds a partition that Redis has lost (`SCORECAST_HEAL`).
public enum Healing: String, Sendable, CaseIterable {
    /// As soon as it finds one.
    case automatic
    /// Only the command `scorecast rebuild` does.
    case manual
}
