/// How often the task of a template comes again.
package enum TaskRepeat: String, CaseIterable, Sendable {
    /// Never: each user does it once.
    case once
    /// Each day.
    case daily
    /// Each week, from Monday (ISO 8601).
    case weekly
}
