import ArgumentParser
import Foundation
import LocalServers

/// The data folder of `scorecast up`. Other commands can use its secrets.
struct DataFolderOptions: ParsableArguments {
    @Option(help: "The data folder of 'scorecast up'. Its keys are used if the environment has none.")
    var data = ".scorecast"

    /// The folder.
    var folder: DataFolder { DataFolder(path: data) }

    /// Returns the process's environment, with the keys in the data folder as defaults.
    func environment() throws -> [String: String] {
        let set = Shell.environment
        let names = ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"]
        // If the environment has all keys, do not read the folder: it may belong to another user.
        if names.allSatisfy({ set[$0] != nil || set[$0 + "_FILE"] != nil }) { return set }
        return Shell.environment(over: try folder.existingSecrets() ?? [:])
    }
}
