/// The actions of the game services. No catalogue can have them, so no client can send them.
public enum ReservedAction {
    /// The beginning of their names.
    public static let prefix = "sys-"
    /// Why a catalogue cannot have such an action.
    static let reason = "must not begin with \(prefix)"

    /// Whether a name is reserved.
    public static func isReserved(_ action: some StringProtocol) -> Bool { action.hasPrefix(prefix) }
}
