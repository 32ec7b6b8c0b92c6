/// One setting as it is in force, for a listing of the settings.
public struct EffectiveSetting: Hashable, Sendable {
    /// The variable.
    public let name: String
    /// The value as it would be written; `<redacted>` for a secret, a remark in brackets if there is no value.
    public let value: String
    /// The origin of the value.
    public let origin: SettingOrigin
}
