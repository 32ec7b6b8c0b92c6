import Foundation
import LocalServers

/// The folder of this test process. Every server that it starts keeps its data and its process id there.
///
/// When the test process is gone, whether it ended or was killed, a watchdog stops the processes that still run and
/// removes the folder.
struct TestFolder: Sendable {
    let path: String
    /// The kernel closes it when this process ends; the watchdog waits for that.
    private let lifeline: Descriptor

    /// The one folder of this process.
    static let shared = Result { try TestFolder() }

    private init() throws {
        let path = NSTemporaryDirectory() + "/scorecast-tests-\(getpid())-" + UUID().uuidString.prefix(8)
        try Files.makeFolder(path)
        self.path = try Files.realPath(path)
        lifeline = try Watchdog.start(over: self.path)
    }

    /// A new, empty folder for one server; the name describes its content.
    func makeFolder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)-\(UUID().uuidString.prefix(8))"
        try Files.makeFolder(folder)
        return folder
    }
}

/// A new, empty temporary folder, removed some time after the test process ends.
public func makeTestFolder(_ name: String = "folder") throws -> String {
    try TestFolder.shared.get().makeFolder(name)
}
