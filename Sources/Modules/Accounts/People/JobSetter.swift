/// Who may set the job of a profile.
package enum JobSetter: String, CaseIterable, Sendable {
    /// The user.
    case user = "self"
    /// Administrators alone.
    case admin
}
