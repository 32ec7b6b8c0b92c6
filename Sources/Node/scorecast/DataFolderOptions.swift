import ArgumentParser
import Foundation
import LocalServers

/// The data folder of `scorecast up`, whose secrets other commands can use.
struct DataFolderOptions: ParsableArguments {
    @Option(help: "The data folder of 'scorecast up': its keys are used if the environment names none.")
    var data = ".scorecast"

    /// The folder.
    var folder: DataFolder { DataFolder(path: data) }

    /// The process's environment, over the keys that `scorecast up` made in the data folder.
    func environment() throws -> [String: String] {
        let set = Shell.environment
        let names = ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"]
        // A folder of somebody else's does not matter to those who bring all keys themselves.
        if names.allSatisfy({ set[$0] != nil || set[$0 + "_FILE"] != nil }) { return set }
        return Shell.environment(over: try folder.existingSecrets() ?? [:])
    }
}
