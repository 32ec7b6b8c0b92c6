import Configuration
import Synchronization

/// Reads settings by their variable's name from the environment, and those that it does not have from a YAML file.
///
/// The two are providers of one `ConfigReader`, in order of precedence. In the file a name may be written short
/// (`http_port`) or in full (`SCORECAST_HTTP_PORT`), which a key-mapping provider translates.
struct SettingsReader {
    /// The finding under a name.
    enum Reading {
        case absent
        case value(String, SettingOrigin)
        /// A YAML sequence, and the setting is not a list.
        case wrongShape(SettingOrigin)
    }

    private let reader: ConfigReader
    private let access = LastAccess()

    /// - Parameters:
    ///   - catalogue: the settings that may be read.
    ///   - environment: variables, none of them empty.
    ///   - file: the parsed YAML file, if there is one.
    init(_ catalogue: SettingCatalogue, environment: [String: String], file: ConfigurationFile?) {
        let secrets = Set(catalogue.definitions.filter { $0.kind == .secret }.map(\.name))
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .specific(secrets))
        ]
        if let file {
            providers.append(file.provider)
            providers.append(
                file.provider.mapKeys { key in AbsoluteConfigKey(key.components.map(SettingDefinition.shortName)) })
        }
        reader = ConfigReader(providers: providers, accessReporter: access)
    }

    /// The text under `name`; a YAML sequence as text with commas, if the setting is a list.
    func read(_ name: String, kind: SettingDefinition.Kind) -> Reading {
        let isSecret = kind == .secret
        let key = ConfigKey([name])
        if let text = reader.string(forKey: key, isSecret: isSecret) {
            let origin = access.origin(for: name)
            // A YAML null reads as the text it was written with.
            let isNull = origin.source == .file && ["", "~", "null"].contains(text)
            return isNull ? .absent : .value(text, origin)
        }
        guard access.failed else { return .absent }
        if kind == .list, let items = reader.stringArray(forKey: key, isSecret: isSecret) {
            return .value(items.joined(separator: ","), access.origin(for: name))
        }
        return .wrongShape(access.origin(for: name))
    }
}

/// Remembers where the reader found the latest value: it asks its providers in order, and the last one it asked
/// answered.
private final class LastAccess: AccessReporter {
    private struct State {
        var providersAsked = 0
        var failed = false
    }

    private let state = Mutex(State())

    /// Whether the latest access found something that is not a value of the wanted type.
    var failed: Bool { state.withLock { $0.failed } }

    func report(_ event: AccessEvent) {
        state.withLock {
            $0.providersAsked = event.providerResults.count
            // An optional read turns a provider's error into nil; only here it can still be seen.
            if case .failure? = event.providerResults.last?.result {
                $0.failed = true
            } else {
                $0.failed = event.conversionError != nil
            }
        }
    }

    /// The place of the latest value found.
    func origin(for name: String) -> SettingOrigin {
        switch state.withLock({ $0.providersAsked }) {
        case ...1: SettingOrigin(source: .environment, key: name)
        case 2: SettingOrigin(source: .file, key: name)
        default: SettingOrigin(source: .file, key: SettingDefinition.shortName(name))
        }
    }
}
