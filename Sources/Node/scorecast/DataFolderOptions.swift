import ArgumentParser
import Foundation
import LocalServers
import Settings

/// The data folder of `scorecast up`. Other commands can use its secrets.
struct DataFolderOptions: ParsableArguments {
    @Option(help: "The data folder of 'scorecast up'. Its keys are used if the environment has none.")
    var data = ".scorecast"

    /// The folder.
    var folder: DataFolder { DataFolder(path: data) }

    /// The names of the keys.
    private static let names = ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"]

    /// Reads the configuration from the process's environment, with the keys in the data folder as defaults. If there
    /// are no keys, says where this command looks for them, and ends with exit code 78.
    func configuration(requiring requirements: Set<ConfigurationRequirement>) async throws -> NodeConfiguration {
        let set = Shell.environment
        let has = { (name: String) in set[name] != nil || set[name + "_FILE"] != nil }
        // If the environment has all keys, do not read the folder: it may belong to another user.
        let isComplete = Self.names.allSatisfy { has($0) || ($0 == Self.names[0] && has("SCORECAST_TOKEN_KEYS")) }
        let kept = isComplete ? [:] : try folder.existingSecrets()
        return try await Shell.configuration(
            environment: Shell.environment(over: kept ?? [:]), requiring: requirements
        ) { problems in
            guard kept == nil, problems.contains(where: { Self.names.contains($0.key) }) else { return nil }
            return "The folder \(folder.path) has no keys. For a 'scorecast up' on this machine, name its folder: "
                + "--data FOLDER, as it was given to 'scorecast up'. For another deployment, set its keys: "
                + "\(Self.names.joined(separator: ", "))."
        }
    }
}
