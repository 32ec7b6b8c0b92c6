/// A checked change of a profile. A member that is nil keeps its value; one that holds nil is removed.
public struct ProfileChange: Sendable, Equatable {
    /// See ``Profile/name``.
    public var name: String??
    /// See ``Profile/avatarURL``.
    public var avatarURL: String??
    /// See ``Profile/country``.
    public var country: String??
    /// See ``Profile/job``.
    public var job: String??
    /// See ``Profile/timeZone``.
    public var timeZone: String??
    /// See ``Profile/preferences``; removed, it is an empty object.
    public var preferences: String??

    /// No change.
    public init() {}

    /// Whether nothing is changed.
    public var isEmpty: Bool { self == ProfileChange() }
}
