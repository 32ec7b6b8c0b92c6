/// One line of a listing of the settings.
public struct EffectiveSetting: Hashable, Sendable {
    /// The variable.
    public let name: String
    /// The value as it would be written; `<redacted>` for a secret, a remark in brackets if there is no value.
    public let value: String
    /// Where the value comes from.
    public let origin: SettingOrigin
}
