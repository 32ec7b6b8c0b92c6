import Foundation
import LocalServers

/// A library of these tests that a server loads before its own. It takes one number from a file, and the test may
/// change the number at any time.
struct PreloadedLibrary: Sendable {
    /// The product in `Package.swift`. SwiftPM puts its file next to the tests.
    let name: String
    /// The variable in which the library finds the file's path.
    let variable: String
    private let path: String

    init(_ name: String, variable: String) throws {
        self.name = name
        self.variable = variable
        path = try makeTestFolder(name) + "/number"
    }

    /// Writes the number: 8 bytes in the order of the machine.
    func write(_ number: Int64) throws {
        let file = try Files.open(path, O_WRONLY | O_CREAT)
        var number = number
        guard pwrite(file.number, &number, MemoryLayout<Int64>.size, 0) == MemoryLayout<Int64>.size else {
            throw LocalServerError.system(call: "pwrite", subject: path, code: errno)
        }
    }

    /// The variables that make a process load the library.
    func environment() throws -> [String: String] {
        #if os(macOS)
            let (loader, suffix) = ("DYLD_INSERT_LIBRARIES", ".dylib")
        #else
            let (loader, suffix) = ("LD_PRELOAD", ".so")
        #endif
        let places = [Bundle.main.executablePath] + Bundle.allBundles.map(\.bundlePath)
        let library = try ExecutableSearch(
            folders: places.compactMap { $0 }.map { ($0 as NSString).deletingLastPathComponent }
        ).find("lib\(name)\(suffix)", install: "swift build --product \(name)")
        return [loader: library, variable: path]
    }
}
