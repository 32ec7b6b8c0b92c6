import Basics

extension NodeConfiguration {
    /// Every setting with its value and origin, secrets redacted, in a fixed order.
    public var effectiveSettings: [EffectiveSetting] {
        let defaults = NodeConfiguration(catalogue: catalogue)
        return catalogue.definitions.map { setting in
            let value = setting.render(self)
            let unread = SettingOrigin(
                source: value == setting.render(defaults) ? .default : .program, key: setting.name)
            return EffectiveSetting(
                name: setting.name,
                value: value.map { $0.escapedForMessage } ?? setting.unsetMark,
                origin: origins[setting.name] ?? unread)
        }
    }

    /// A table of the effective settings for people: variable, value, where it comes from. Holds no secret.
    public func describe() -> String {
        let rows = effectiveSettings.map { setting in
            let named = setting.origin.key != setting.name && setting.origin.source != .default
            let source = setting.origin.source.rawValue + (named ? " (\(setting.origin.key))" : "")
            return (setting.name, setting.value, source)
        }
        let nameWidth = rows.map(\.0.count).max() ?? 0
        let valueWidth = min(rows.map(\.1.count).max() ?? 0, 48)
        return rows.map { name, value, source in
            "\(name.padded(to: nameWidth))  \(value.padded(to: valueWidth))  \(source)"
        }.joined(separator: "\n")
    }
}
