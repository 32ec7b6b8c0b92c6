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

    /// The most that is read of the file with the keys, in bytes.
    private static let secretsBytesMax = 64 * 1024

    /// The keys, made at the first call: `SCORECAST_JWT_SECRET` and `SCORECAST_ACTION_KEYS`.
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

    /// The keys, if they were made; nil where there is no such file.
    public func existingSecrets() throws -> [String: String]? {
        guard let file = FileHandle(forReadingAtPath: secretsFile) else { return nil }
        defer { try? file.close() }
        let text = String(decoding: try file.read(upToCount: Self.secretsBytesMax) ?? Data(), as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            let parts = line.split(separator: "=", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private static func random(bytes count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
