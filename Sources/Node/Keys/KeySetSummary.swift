import Basics
import Settings
import Signing

/// Describes the key set in a file, in a sentence for operators.
public enum KeySetSummary {
    /// The keys that tokens can be verified with, and those that were left out; nil if the set is at a URL, which is
    /// not asked, or if there is none.
    ///
    /// - Throws: if the file has changed since the configuration was loaded.
    public static func text(of configuration: NodeConfiguration) async throws -> String? {
        guard case .file(let path)? = configuration.jwtKeySet else { return nil }
        let set = try await KeySet(try await KeySetFile(path: path).read())
        let keys = set.keys.map { "\($0.algorithm) \(($0.id ?? "without kid").quotedForMessage)" }
        let skipped = set.skipped.map { "key \($0.number) (\($0.reason.rawValue)): \($0.reason.explanation)" }
        let rest = skipped.isEmpty ? "" : "; left out: \(skipped.joined(separator: "; "))"
        return "The key set verifies tokens with \(keys.joined(separator: ", "))\(rest)."
    }
}
