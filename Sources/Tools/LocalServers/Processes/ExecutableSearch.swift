import Foundation

/// The folders to search for executables: those of `PATH` first, then those of packages.
public struct ExecutableSearch: Sendable {
    /// The folders, in order of preference.
    public var folders: [String]

    /// A search through these folders alone.
    public init(folders: [String]) {
        self.folders = folders
    }

    /// `PATH`, then the places that Debian's and Homebrew's packages use, newest version first.
    public static var system: ExecutableSearch {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        var folders = path.split(separator: ":").map(String.init)
        folders += versioned(under: "/usr/lib/postgresql", prefix: "")
        folders += ["/usr/local/bin", "/usr/bin", "/usr/local/sbin", "/usr/sbin", "/bin"]
        for brew in ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"] {
            folders.append(brew + "/bin")
            folders += versioned(under: brew + "/opt", prefix: "postgresql@")
        }
        return ExecutableSearch(folders: folders)
    }

    /// The path of an executable.
    ///
    /// - Throws: `LocalServerError.missingExecutable`, which says how to install it.
    public func find(_ name: String, install: String) throws -> String {
        guard let found = all(name).first else {
            throw LocalServerError.missingExecutable(name: name, install: install)
        }
        return found
    }

    /// Every file of that name that may be executed, in order.
    func all(_ name: String) -> [String] {
        folders.map { "\($0)/\(name)" }.filter { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// `<folder>/<prefix><number>/bin` for every numbered version, the highest number first.
    private static func versioned(under folder: String, prefix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let versions = names.filter { $0.hasPrefix(prefix) }.compactMap { Double($0.dropFirst(prefix.count)) }
        return versions.sorted(by: >).map { version in
            let number = version == version.rounded() ? String(Int(version)) : String(version)
            return "\(folder)/\(prefix)\(number)/bin"
        }
    }
}

/// The command that installs the servers on this system.
enum Install {
    static let redis = hint(apt: "redis-server", brew: "redis")
    static let postgres = hint(apt: "postgresql", brew: "postgresql@17")
    static let setpriv = hint(apt: "util-linux", brew: "util-linux")

    private static func hint(apt: String, brew: String) -> String {
        #if os(macOS)
            "brew install \(brew)"
        #else
            "apt-get install \(apt)"
        #endif
    }
}
