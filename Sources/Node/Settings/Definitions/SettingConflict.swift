/// A setting whose value does not fit those of others.
package struct SettingConflict: Hashable, Sendable {
    /// The variable at fault.
    package let name: String
    /// The rest of a sentence that begins with the variable.
    package let reason: String

    /// A conflict of `name`.
    package init(_ name: String, _ reason: String) {
        self.name = name
        self.reason = reason
    }
}
