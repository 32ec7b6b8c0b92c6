import Foundation

/// The data folder of `scorecast up`: its servers' data, and the keys that it made.
public struct DataFolder: Sendable {
    /// The folder, as an absolute path.
    public let path: String

    /// Names a folder; nothing is made yet.
    public init(path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// Where Redis keeps its data.
    public var redis: String { path + "/redis" }
    /// Where Postgres keeps its data.
    public var postgres: String { path + "/postgres" }
    /// The file with the keys, mode 600: lines of `NAME=value`.
    public var secretsFile: String { path + "/secrets.env" }

    /// The file with the password of the first administrator, mode 600: one line.
    public var adminPasswordFile: String { path + "/admin-password" }

    /// The most that is read of a file, in bytes.
    private static let bytesMax = 64 * 1024

    /// Where the API of a running `scorecast up` is reached: a URL on one line.
    private var addressFile: String { path + "/address" }

    /// Claims the folder for this process until the result is released, and makes it if it is missing. A second `up` is
    /// refused before it has changed anything.
    ///
    /// - Throws: `LocalServerError.folderInUse` if another process has it, and keeps it for two more seconds.
    package func claim() async throws -> FileLock {
        try Files.makeFolder(path)
        let file = try Files.open(path + "/up.lock", O_RDWR | O_CREAT)
        let lock = await Blocking.poll(for: .seconds(2)) { FileLock(file) }
        guard let lock else { throw LocalServerError.folderInUse(path: path) }
        return lock
    }

    /// The keys `SCORECAST_JWT_SECRET` and `SCORECAST_ACTION_KEYS`, made at the first call. Claim the folder first.
    public func secrets() throws -> [String: String] {
        if let kept = try existingSecrets() { return kept }
        let made = [
            "SCORECAST_JWT_SECRET": Self.random(bytes: 48).base64EncodedString(),
            "SCORECAST_ACTION_KEYS": "k1:" + Self.random(bytes: 32).base64EncodedString(),
        ]
        try Files.makeFolder(path)
        try Files.writePrivate(
            made.sorted { $0.key < $1.key }.map { "\($0)=\($1)\n" }.joined(), to: secretsFile, owner: nil)
        return made
    }

    /// The keys, if they were made; nil if there is no such file.
    ///
    /// - Throws: if the file exists and cannot be read. New keys in its place would make every token invalid.
    public func existingSecrets() throws -> [String: String]? {
        guard let text = try Self.text(of: secretsFile) else { return nil }
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    /// The password of the first administrator, made at the first call: 144 random bits. Claim the folder first.
    public func adminPassword() throws -> String {
        if let kept = try Self.text(of: adminPasswordFile)?.split(separator: "\n").first { return String(kept) }
        let made = Self.random(bytes: 18).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_")
        try Files.makeFolder(path)
        try Files.writePrivate(made + "\n", to: adminPasswordFile, owner: nil)
        return made
    }

    /// Stores the URL of the API for later commands; nil when it cannot be reached any more.
    package func noteAddress(_ url: String?) {
        // Only a convenience: a command that cannot find it needs the URL.
        guard let url else {
            _ = unlink(addressFile)
            return
        }
        try? Files.writePrivate(url + "\n", to: addressFile, owner: nil)
    }

    /// The URL at which the API was reached last; nil if nothing runs here.
    package func address() -> String? {
        (try? Self.text(of: addressFile)).flatMap { $0.split(separator: "\n").first.map(String.init) }
    }

    /// The text of a small file; nil if there is none.
    private static func text(of path: String) throws -> String? {
        let file: Descriptor
        do {
            file = try Files.open(path, O_RDONLY | O_NONBLOCK)
        } catch LocalServerError.system(_, _, ENOENT) {
            return nil
        }
        guard !Files.isFolder(path) else { throw LocalServerError.system(call: "read", subject: path, code: EISDIR) }
        return String(decoding: Files.read(file, from: 0, bytes_max: bytesMax), as: UTF8.self)
    }

    private static func random(bytes count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
