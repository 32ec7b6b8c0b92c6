import Basics

/// Finds keys that no setting has: a misspelt variable would otherwise leave its default in force without a message.
enum UnknownKeys {
    /// Unknown `SCORECAST_…` variables.
    static func problems(
        environment: [String: String], ignoring: Set<String>, catalogue: SettingCatalogue
    ) -> [ConfigurationProblem] {
        let known = Set(catalogue.environmentKeys).union(ignoring)
        return environment.sorted { $0.key < $1.key }.compactMap { name, value in
            guard name.hasPrefix(SettingDefinition.prefix), !known.contains(name), !isServiceLink(name, value) else {
                return nil
            }
            let near = nearest(to: name, among: catalogue.environmentKeys).map { SettingDefinition.prefix + $0 }
            return problem(key: name, near: near, origin: SettingOrigin(source: .environment, key: name))
        }
    }

    /// Keys of the file that are unknown, or given both short and in full.
    static func problems(file: ConfigurationFile, catalogue: SettingCatalogue) -> [ConfigurationProblem] {
        let full = Set(catalogue.fileKeys)
        let short = Set(catalogue.fileKeys.map(SettingDefinition.shortName))
        return file.keys.compactMap { key in
            let origin = SettingOrigin(source: .file, key: key.escapedForMessage)
            if short.contains(key) { return nil }
            if full.contains(key) {
                guard file.keys.contains(SettingDefinition.shortName(key)) else { return nil }
                return ConfigurationProblem(
                    key: key, reason: "is given twice, also as \(SettingDefinition.shortName(key))", origin: origin)
            }
            if key.uppercased() == SettingDefinition.configurationFile
                || key == SettingDefinition.shortName(SettingDefinition.configurationFile)
            {
                return ConfigurationProblem(
                    key: SettingDefinition.configurationFile, reason: "can only be set in the environment",
                    origin: origin)
            }
            let near = nearest(to: canonical(key), among: catalogue.fileKeys).map { $0.lowercased() }
            return problem(key: String(key.prefix(64)).escapedForMessage, near: near, origin: origin)
        }
    }

    /// Variables that Kubernetes and Docker links add for a service of this name, such as `SCORECAST_SERVICE_HOST` and
    /// `SCORECAST_REDIS_PORT_6379_TCP_ADDR`; nobody wrote them, so they are not a mistake.
    private static func isServiceLink(_ name: String, _ value: String) -> Bool {
        let protocols = ["TCP", "UDP", "SCTP"]
        let words = name.split(separator: "_").map(String.init)
        if name.contains("_SERVICE_PORT_") || name.hasSuffix("_SERVICE_PORT") || name.hasSuffix("_SERVICE_HOST") {
            return true
        }
        if words.last == "PORT", protocols.contains(where: { value.hasPrefix($0.lowercased() + "://") }) { return true }
        return words.indices.dropLast(2).contains { index in
            words[index] == "PORT" && wholeNumber(words[index + 1]) != nil && protocols.contains(words[index + 2])
        }
    }

    /// The nearest known name, without the prefix that all of them share.
    private static func nearest(to name: String, among known: [String]) -> String? {
        NameSuggestion.nearest(
            to: String(name.dropFirst(SettingDefinition.prefix.count)),
            among: known.map { String($0.dropFirst(SettingDefinition.prefix.count)) })
    }

    /// `http.port`, `http-port` and `HTTP_PORT` as a variable.
    private static func canonical(_ key: String) -> String {
        let name = String(key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
        return name.hasPrefix(SettingDefinition.prefix) ? name : SettingDefinition.prefix + name
    }

    private static func problem(key: String, near: String?, origin: SettingOrigin) -> ConfigurationProblem {
        let question = near.map { "; did you mean \($0)?" } ?? ""
        return ConfigurationProblem(key: key, reason: "is not a known setting\(question)", origin: origin)
    }
}
