import Basics
import Crypto

/// A Lua script that Redis keeps under the SHA-1 of its source (`EVALSHA`).
public struct RedisScript: Sendable, Hashable {
    /// Made once for each script, so that a command in flight refers to it with one word.
    final class Storage: Sendable {
        let name: String
        let source: String
        let sha1: String
        /// `EVALSHA <sha1>` as RESP, two arguments: the same bytes for each call.
        let encodedCall: [UInt8]

        init(name: String, source: String) {
            self.name = name
            self.source = source
            sha1 = Hexadecimal.text(Array(Insecure.SHA1.hash(data: Array(source.utf8))))
            encodedCall = Array("$7\r\nEVALSHA\r\n$40\r\n\(sha1)\r\n".utf8)
        }
    }

    let storage: Storage
    /// Whether each call has one argument more, which the connection adds as the last one: the `run_id` of its server,
    /// or an empty text if it does not know it. A connection that loads such a script asks for it in its handshake.
    public let takesRunID: Bool

    /// A name for logs and errors.
    public var name: String { storage.name }
    /// The Lua source.
    public var source: String { storage.source }
    /// SHA-1 of the source in lower-case hexadecimal. SHA-1 is Redis' choice and an address here, not a safeguard.
    public var sha1: String { storage.sha1 }

    /// Makes a script and computes its SHA-1.
    public init(name: String, source: String, takesRunID: Bool = false) {
        self.takesRunID = takesRunID
        storage = Storage(name: name, source: source)
    }

    /// Two scripts are equal if their sources are.
    public static func == (left: RedisScript, right: RedisScript) -> Bool {
        left.sha1 == right.sha1
    }

    /// Hashes what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(sha1)
    }
}
