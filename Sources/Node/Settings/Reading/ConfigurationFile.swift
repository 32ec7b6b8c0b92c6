import Configuration
import Synchronization

/// The YAML file that `SCORECAST_CONFIG` names, parsed, with the names of all keys in it.
struct ConfigurationFile {
    /// Larger files are refused: a few dozen settings need no megabyte.
    static let bytesMax = 1 << 20

    let provider: FileProvider<YAMLSnapshot>
    /// Every key as written, nested ones joined by dots, sorted.
    let keys: [String]

    /// Reads and parses the file.
    ///
    /// - Throws: what is wrong with it. The message repeats no line of the file, as any line may hold a secret.
    init(path: String) async throws(SettingRejection) {
        do throws(BoundedFile.Failure) {
            _ = try BoundedFile.read(path: path, limit: Self.bytesMax)
        } catch {
            throw SettingRejection("names a file that \(error.reason)")
        }
        // The provider tells no key names, but it asks about each key whether it is secret.
        let collected = KeyCollector()
        let options = YAMLSnapshot.ParsingOptions(
            secretsSpecifier: .dynamic { key, _ in
                collected.add(key)
                return true
            })
        let location = ConfigReader(
            provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)]))
        do {
            provider = try await FileProvider(
                snapshotType: YAMLSnapshot.self, parsingOptions: options, config: location)
        } catch {
            throw SettingRejection(Self.explanation(of: error))
        }
        keys = collected.keys.sorted()
    }

    /// The parser's message begins with line and column, and goes on with the line itself, which must not be shown.
    private static func explanation(of error: any Error) -> String {
        let position = String(describing: error).split(separator: ":", maxSplits: 2)
        if position.count == 3, let line = wholeNumber(String(position[0])),
            let column = wholeNumber(String(position[1]))
        {
            return "names a file that is not YAML at line \(line), column \(column)"
        }
        return "names a file that is not one YAML mapping of settings, each given once"
    }
}

private final class KeyCollector: Sendable {
    private let state = Mutex<[String]>([])

    var keys: [String] { state.withLock { $0 } }

    func add(_ key: String) {
        state.withLock { $0.append(key) }
    }
}
