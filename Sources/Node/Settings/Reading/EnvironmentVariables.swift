/// Variables as Scorecast reads them: an empty one counts as not set.
public enum EnvironmentVariables {
    /// Those of `variables` that are set.
    public static func set(in variables: [String: String]) -> [String: String] {
        variables.filter { !$0.value.isEmpty }
    }

    /// Those of `variables` that are set, and defaults for others. A variable that is set takes the default's place, as
    /// does one that names a file with the value (`<name>_FILE`).
    public static func set(in variables: [String: String], over defaults: [String: String]) -> [String: String] {
        let set = set(in: variables)
        return defaults.filter { set[$0.key] == nil && set[$0.key + "_FILE"] == nil }.merging(set) { $1 }
    }
}
