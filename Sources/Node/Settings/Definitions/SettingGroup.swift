/// Settings that only one module reads, as one value with their defaults.
///
/// The module owns the type; its adapter in a node defines the variables (``definitions``), and finds the values in
/// `configuration[Type.self]`. So a new module adds its settings without a change to others.
package protocol SettingGroup: Sendable {
    /// The defaults.
    init()
    /// The settings, in the order of listings and messages.
    static var definitions: [SettingDefinition] { get }
    /// Problems with values that are right one by one.
    var conflicts: [SettingConflict] { get }
}

extension SettingGroup {
    package var conflicts: [SettingConflict] { [] }

    /// Defines one setting of the group.
    ///
    /// - Parameters:
    ///   - name: the environment variable.
    ///   - value: where its value lives.
    ///   - form: how a value is written, and its bounds.
    ///   - example: a right value.
    ///   - absence: what happens while it has no value.
    ///   - description: what it is for, in sentences of Markdown.
    package static func setting<Value: Sendable>(
        _ name: String, _ value: any WritableKeyPath<Self, Value> & Sendable, _ form: SettingForm<Value>,
        kind: SettingDefinition.Kind = .plain, example: String, absence: SettingDefinition.Absence = .means("none"),
        _ description: String
    ) -> SettingDefinition {
        SettingDefinition(
            name, form, kind: kind, example: example, absence: absence, description: description,
            value: { $0[Self.self][keyPath: value] }, set: { $1[Self.self][keyPath: value] = $0 })
    }
}
