import NIOCore

/// The address of Redis, the credentials, and the limits of each connection. A plain value; `problems()` checks it.
///
/// Neither its description nor a dump of it shows the password.
public struct RedisConfiguration: Sendable, Hashable {
    /// Host name or IP address (IPv6 without brackets).
    public var host: String
    /// TCP port.
    public var port: Int
    /// ACL user; `nil` for Redis' default user.
    public var username: String?
    /// Password; `nil` if Redis asks for none.
    public var password: String?
    /// Number of the logical database.
    public var database: Int
    /// Whether to speak TLS (`rediss://`). The server's certificate and name are always verified.
    public var usesTLS: Bool
    /// PEM file with the certificate authorities to trust instead of the system's.
    public var caCertificateFile: String?
    /// The name that connections give themselves (`CLIENT SETNAME`), also the `client` label of the metrics.
    public var clientName: String

    /// The prefix of all keys and channels of this process. The client does not add it: it is kept here, next to the
    /// database, for the code that makes keys.
    public var keyPrefix = ""
    /// Whether a replica is refused, since this process writes.
    public var requiresPrimary = false

    /// Time for a TCP connection to come up, and again for the handshake (TLS, `AUTH`, … ) on it.
    public var connectTimeout: TimeAmount = .seconds(2)
    /// Time for a reply to arrive. When it has passed, the connection is closed, since replies come in order and the
    /// late one blocks all others.
    public var commandTimeout: TimeAmount = .seconds(2)
    /// A connection without traffic for this long sends a `PING`, so that a dead peer is noticed.
    public var pingInterval: TimeAmount = .seconds(1)
    /// Time for the reply to such a `PING`, if that is shorter than `commandTimeout`.
    public var pingTimeout: TimeAmount = .seconds(2)
    /// Time for replies to arrive after a shutdown began.
    public var drainTimeout: TimeAmount = .seconds(2)

    /// Commands that may wait for their reply on one connection. More are refused with `.overloaded`, so that a slow
    /// Redis makes callers fail fast instead of filling memory.
    public var maxPending = 10_000
    /// Bytes of the commands that may wait for their reply on one connection; stops a few huge ones.
    public var maxPendingBytes = 64 * 1024 * 1024
    /// Bytes of one reply.
    public var maxReplyBytes = 64 * 1024 * 1024
    /// Arrays within arrays in a reply, 1 to 8.
    public var maxReplyDepth = 8
    /// Elements of one array in a reply.
    public var maxReplyElements = 1024 * 1024
    /// Channels of one `RedisSubscriber`.
    public var maxChannels = 100_000

    /// Waits between attempts to connect are drawn from 0 up to a bound (``Backoff/Jitter/full``), which starts here …
    public var reconnectBase: TimeAmount = .milliseconds(50)
    /// … and doubles up to here. 500 ms and the connecting itself are well within 1 s of Redis' return.
    public var reconnectCap: TimeAmount = .milliseconds(500)

    /// Makes a configuration with the default limits.
    public init(
        host: String, port: Int = 6379, username: String? = nil, password: String? = nil, database: Int = 0,
        usesTLS: Bool = false, caCertificateFile: String? = nil, clientName: String = "scorecast"
    ) {
        self.host = host
        self.port = port
        self.username = username
        self.password = password
        self.database = database
        self.usesTLS = usesTLS
        self.caCertificateFile = caCertificateFile
        self.clientName = clientName
    }

    /// All that is wrong with the values, one sentence each; empty if they can be used.
    public func problems() -> [String] {
        let checks: [(Bool, String)] = [
            (!host.isEmpty, "the host is empty"),
            ((1...65_535).contains(port), "the port is not between 1 and 65535"),
            ((0...Int(Int32.max)).contains(database), "the database is negative or too large"),
            (username == nil || password != nil, "there is a user name without a password"),
            (Self.isClientName(clientName), "the client name is empty, longer than 64, or not printable ASCII"),
            (Self.isKeyPrefix(keyPrefix), "the key prefix is longer than 64 or has other than A-Z a-z 0-9 _ . : -"),
            (usesTLS || caCertificateFile == nil, "there is a CA file, but TLS is not used"),
            (Self.isWait(connectTimeout), "the connect timeout is not between 1 ms and 1 h"),
            (Self.isWait(commandTimeout), "the command timeout is not between 1 ms and 1 h"),
            (Self.isWait(pingInterval), "the ping interval is not between 1 ms and 1 h"),
            (Self.isWait(pingTimeout), "the ping timeout is not between 1 ms and 1 h"),
            (Self.isWait(drainTimeout), "the drain timeout is not between 1 ms and 1 h"),
            (Self.isWait(reconnectBase), "the reconnect base is not between 1 ms and 1 h"),
            (Self.isWait(reconnectCap), "the reconnect cap is not between 1 ms and 1 h"),
            (reconnectBase <= reconnectCap, "the reconnect base is over its cap"),
            ((1...1_000_000).contains(maxPending), "the pending limit is not between 1 and 1000000"),
            ((1024...Self.mostBytes).contains(maxPendingBytes), "the pending bytes are not between 1 KiB and 1 GiB"),
            ((64...Self.mostBytes).contains(maxReplyBytes), "the reply limit is not between 64 bytes and 1 GiB"),
            ((1...8).contains(maxReplyDepth), "the reply depth is not between 1 and 8"),
            ((1...Int(Int32.max)).contains(maxReplyElements), "the element limit is not between 1 and 2147483647"),
            ((1...1_000_000).contains(maxChannels), "the channel limit is not between 1 and 1000000"),
        ]
        return checks.filter { !$0.0 }.map(\.1)
    }

    /// Checks the values.
    /// - Throws: `.invalidConfiguration` with all problems in one sentence.
    func validate() throws(RedisError) {
        let problems = problems()
        guard problems.isEmpty else {
            throw RedisError(.invalidConfiguration, "Redis cannot be used: \(problems.joined(separator: "; "))")
        }
    }

    /// hiredis counts some lengths in 32 bits.
    private static var mostBytes: Int { 1024 * 1024 * 1024 }

    private static func isWait(_ amount: TimeAmount) -> Bool {
        amount >= .milliseconds(1) && amount <= .hours(1)
    }

    /// Whether a text can be a key prefix: up to 64 letters, digits, `_`, `.`, `:` and `-`. So it has none of the
    /// braces of a cluster's hash tag, nor of the characters that mean something in patterns of keys.
    public static func isKeyPrefix(_ text: String) -> Bool {
        text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Whether `CLIENT SETNAME` takes the name, and it is short enough for a metric's label.
    private static func isClientName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The URL, with `***` in place of a password.
    public var description: String {
        let user = username ?? ""
        let login = password == nil ? "" : "\(user):***@"
        let address = host.contains(":") ? "[\(host)]" : host
        return "\(usesTLS ? "rediss" : "redis")://\(login)\(address):\(port)/\(database)"
    }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// A mirror without the password, so that `dump` and string interpolation of optionals do not show it.
    public var customMirror: Mirror {
        Mirror(self, children: ["url": description], displayStyle: .struct)
    }
}
