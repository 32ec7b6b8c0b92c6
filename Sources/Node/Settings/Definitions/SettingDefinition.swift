import Basics

/// Everything that is known of one setting.
///
/// Reading it with its errors, `scorecast check`, its default in listings and its row in `docs/operations.md` all come
/// from here. The default itself is that of the property with the value, in `NodeConfiguration` or in the
/// ``SettingGroup`` of a module.
public struct SettingDefinition: Sendable {
    /// How a value may be given.
    package enum Kind: Sendable {
        /// As text.
        case plain
        /// As text with commas, or as a YAML sequence.
        case list
        /// As text that no message repeats, or in a file that `<name>_FILE` names.
        case secret
    }

    /// The effect while the setting has no value.
    package enum Absence: Sendable {
        /// Something else is used, which listings name.
        case uses(String)
        /// Nothing is used. The docs say who needs the setting, or what is left out.
        case means(String)
    }

    /// The environment variable.
    package let name: String
    package let kind: Kind
    /// Its purpose, in sentences of Markdown.
    package let description: String
    /// A right value, to show when one is wrong.
    package let example: String
    /// Which values are right, in Markdown: bounds and unit.
    package let values: String
    package let absence: Absence
    /// Values at the bounds.
    package let edges: SettingEdges
    /// Reads a text into the configuration.
    package let apply: @Sendable (String, inout NodeConfiguration) throws(SettingRejection) -> Void
    /// The configuration's value as text, nil if there is none; for a secret only a mark.
    package let render: @Sendable (NodeConfiguration) -> String?

    init<Value: Sendable>(
        _ name: String, _ form: SettingForm<Value>, kind: Kind, example: String, absence: Absence,
        description: String, value: @escaping @Sendable (NodeConfiguration) -> Value,
        set: @escaping @Sendable (Value, inout NodeConfiguration) -> Void
    ) {
        self.name = name
        self.kind = kind
        self.description = description
        self.example = example
        self.absence = absence
        values = form.values
        edges = form.edges
        apply = { text, configuration throws(SettingRejection) in set(try form.parse(text), &configuration) }
        render = { form.render(value($0)) }
    }

    /// The sentence for a wrong value. It repeats the value, unless that is a secret or may hold one, such as a URL
    /// with user information that was put into the wrong variable.
    func message(_ text: String, _ rejection: SettingRejection) -> String {
        let mayShow = kind != .secret && !(text.contains("://") && text.contains("@"))
        return mayShow ? "\(text.quotedForMessage) \(rejection.reason)" : "the value \(rejection.reason)"
    }

    /// The variable that names a file with the value; only secrets have one.
    package var fileName: String? { kind == .secret ? name + "_FILE" : nil }

    /// The mark in a listing while the setting has no value.
    var unsetMark: String {
        switch absence {
        case .uses(let other): "(\(other))"
        case .means: "(unset)"
        }
    }
}

extension SettingDefinition {
    /// The beginning of every variable.
    static let prefix = "SCORECAST_"

    /// The variable that names the YAML file; the one setting that a file can't hold.
    static let configurationFile = "SCORECAST_CONFIG"

    /// A variable's name in the YAML file: lower case, without the prefix.
    package static func shortName(_ name: String) -> String {
        String(name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]).lowercased()
    }
}
