import Basics
import Signing

extension NodeConfiguration {
    /// Reads the configuration from environment variables, and what they do not set from the YAML file that
    /// `SCORECAST_CONFIG` names.
    ///
    /// The file holds one mapping. Its keys are the variables in lower case without `SCORECAST_` (`http_port: 8080`),
    /// or in full; lists may be sequences. An empty variable and a YAML null count as not set. A secret may be in a
    /// file that `<name>_FILE` names, whose closing newlines don't count; the environment's `X` or `X_FILE` goes before
    /// either in the YAML file.
    ///
    /// - Parameters:
    ///   - catalogue: the settings that there are; `.common` leaves those of modules out.
    ///   - environment: the variables; only those that begin with `SCORECAST_` are read.
    ///   - roles: what the node will do; decides what must be there.
    ///   - requirements: what a command needs beyond that.
    ///   - ignoring: `SCORECAST_…` variables that are somebody else's and not reported as unknown.
    /// - Throws: one error with every problem of every setting.
    public static func load(
        _ catalogue: SettingCatalogue = .common,
        environment: [String: String],
        roles: NodeRoles = [],
        requiring requirements: Set<ConfigurationRequirement> = [],
        ignoring: Set<String> = []
    ) async throws(ConfigurationError) -> NodeConfiguration {
        // Nodes need the key set, commands do not.
        try await load(
            catalogue, environment: EnvironmentVariables.set(in: environment), roles: roles, requiring: requirements,
            ignoring: ignoring, readsKeySet: !roles.isEmpty)
    }

    private static func load(
        _ catalogue: SettingCatalogue, environment: [String: String], roles: NodeRoles,
        requiring requirements: Set<ConfigurationRequirement>, ignoring: Set<String>, readsKeySet: Bool
    ) async throws(ConfigurationError) -> NodeConfiguration {
        var loading = Loading(configuration: NodeConfiguration(catalogue: catalogue))
        let file = await loading.openFile(environment[SettingDefinition.configurationFile])
        let reader = SettingsReader(catalogue, environment: environment, file: file)
        for setting in catalogue.definitions { loading.load(setting, from: reader) }
        await loading.checkKeySetFile(readsContent: readsKeySet)

        // With an unreadable file nobody knows what it would have set, so "missing" would be a guess.
        let wanted = loading.fileIsUsable
        loading.addUnlessReported(
            loading.configuration.validate(for: wanted ? roles : [], requiring: wanted ? requirements : []))
        loading.problems += UnknownKeys.problems(
            environment: environment, ignoring: ignoring, catalogue: catalogue)
        if let file { loading.problems += UnknownKeys.problems(file: file, catalogue: catalogue) }

        guard loading.problems.isEmpty else { throw ConfigurationError(problems: loading.problems) }
        loading.configuration.loading = LoadedFrom(environment: Secret(environment), ignoring: ignoring)
        return loading.configuration
    }

    /// Reads the configuration again: the same variables, and the files that they name as they are now. One that the
    /// program made is what it was.
    ///
    /// The content of a key set's file is not checked: the part of the node that follows the file does that, and a
    /// fault there does not keep other keys from being taken.
    ///
    /// - Throws: as ``load(_:environment:roles:requiring:ignoring:)`` does.
    public func loadedAgain(roles: NodeRoles = []) async throws(ConfigurationError) -> NodeConfiguration {
        guard let loading else { return self }
        return try await Self.load(
            catalogue, environment: loading.environment.reveal(), roles: roles, requiring: [],
            ignoring: loading.ignoring, readsKeySet: false)
    }
}

/// The source of a configuration. The variables of a process do not change, but the files that they name do.
struct LoadedFrom: Sendable {
    let environment: Secret<[String: String]>
    let ignoring: Set<String>
}

/// A configuration on its way in, and what was found wrong so far.
private struct Loading {
    var configuration: NodeConfiguration
    var problems: [ConfigurationProblem] = []
    var fileIsUsable = true

    /// Largest file with a secret: keys and URLs are short.
    private static let secretBytesMax = 64 << 10

    mutating func openFile(_ path: String?) async -> ConfigurationFile? {
        guard let path else { return nil }
        do throws(SettingRejection) {
            return try await ConfigurationFile(path: path)
        } catch {
            fileIsUsable = false
            problems.append(
                ConfigurationProblem(
                    key: SettingDefinition.configurationFile, reason: "\(path.quotedForMessage) \(error.reason)",
                    example: "/etc/scorecast.yaml"))
            return nil
        }
    }

    mutating func load(_ setting: SettingDefinition, from reader: SettingsReader) {
        let direct = reader.read(setting.name, kind: setting.kind)
        guard let fileName = setting.fileName else { return take(direct, for: setting) }
        switch (direct, reader.read(fileName, kind: .plain)) {
        case (_, .absent):
            take(direct, for: setting)
        case (.absent, let named):
            takeFile(named, for: setting)
        case (.value(_, let origin), .value(_, let fileOrigin)) where origin.source == fileOrigin.source:
            reject(setting, "is given twice, also as \(fileOrigin.key)", origin)
        case (.value(_, let origin), _) where origin.source == .environment:
            take(direct, for: setting)
        case (_, let named):
            takeFile(named, for: setting)
        }
    }

    private mutating func take(_ reading: SettingsReader.Reading, for setting: SettingDefinition) {
        switch reading {
        case .absent:
            break
        case .wrongShape(let origin):
            reject(setting, "is a YAML sequence where one value is wanted", origin)
        case .value(let written, let origin):
            let text = setting.kind == .secret ? written : written.trimmed()
            do throws(SettingRejection) {
                try setting.apply(text, &configuration)
                configuration.origins[setting.name] = origin
            } catch {
                reject(setting, setting.message(text, error), origin)
            }
        }
    }

    /// Takes a secret from the file that `<name>_FILE` names.
    private mutating func takeFile(_ reading: SettingsReader.Reading, for setting: SettingDefinition) {
        guard case .value(let path, let origin) = reading else { return take(reading, for: setting) }
        do throws(BoundedFile.Failure) {
            let bytes = try BoundedFile.read(path: path, limit: Self.secretBytesMax)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return reject(setting, "the file that \(origin.key) names is not UTF-8 text", origin)
            }
            let secret = String(text.dropLast(while: \.isNewline))
            guard !secret.isEmpty else { return reject(setting, "the file that \(origin.key) names is empty", origin) }
            take(.value(secret, origin), for: setting)
        } catch {
            reject(setting, "the file that \(origin.key) names (\(path.quotedForMessage)) \(error.reason)", origin)
        }
    }

    /// A key set in a file must be readable now, and a key set that tokens can be verified with.
    mutating func checkKeySetFile(readsContent: Bool) async {
        guard case .file(let path)? = configuration.jwtKeySet,
            let setting = configuration.catalogue.definition("SCORECAST_JWT_JWKS")
        else { return }
        let origin = configuration.origins[setting.name]
        do {
            let bytes = try BoundedFile.read(path: path, limit: KeySet.bytesMax)
            if readsContent { _ = try await KeySet(bytes) }
        } catch let error as BoundedFile.Failure {
            reject(setting, "names a file (\(path.quotedForMessage)) that \(error.reason)", origin)
        } catch {
            reject(setting, "names a file (\(path.quotedForMessage)) that cannot be used: \(error)", origin)
        }
    }

    /// A setting whose value was not understood looks as if it were missing; once is enough.
    mutating func addUnlessReported(_ found: [ConfigurationProblem]) {
        var reported = Set(problems.map(\.key))
        // The one is only missing while the others are not there.
        if !reported.isDisjoint(with: ["SCORECAST_JWT_JWKS", "SCORECAST_TOKEN_KEYS"]), configuration.jwtSecret == nil {
            reported.insert("SCORECAST_JWT_SECRET")
        }
        problems += found.filter { !reported.contains($0.key) }
    }

    private mutating func reject(_ setting: SettingDefinition, _ reason: String, _ origin: SettingOrigin?) {
        problems.append(
            ConfigurationProblem(key: setting.name, reason: reason, example: setting.example, origin: origin))
    }
}

extension String {
    /// Without the characters at the end that satisfy the condition.
    fileprivate func dropLast(while condition: (Character) -> Bool) -> Substring {
        var rest = self[...]
        while let last = rest.last, condition(last) { rest = rest.dropLast() }
        return rest
    }
}
