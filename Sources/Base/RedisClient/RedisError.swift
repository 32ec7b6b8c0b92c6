/// Why a command or a connection failed: a code for programs, a sentence for operators, the underlying error, and its
/// place in the source. Never holds a password or an argument of a command.
public struct RedisError: Error, Sendable {
    /// The kind of failure, and so what can be done about it.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case notConnected, overloaded, unknownOutcome, server, shutDown
            case connectFailed, handshakeFailed, timedOut, replyTooLarge, protocolViolation
            case invalidURL, invalidConfiguration, invalidCommand, tooManyChannels, alreadyRunning
        }

        private let value: Value
        private init(_ value: Value) { self.value = value }

        /// There was no connection; the command was not sent and had no effect.
        public static let notConnected = Code(.notConnected)
        /// Too much was waiting already; the command was not sent and had no effect.
        public static let overloaded = Code(.overloaded)
        /// The command was sent and no reply came: Redis may or may not have executed it.
        public static let unknownOutcome = Code(.unknownOutcome)
        /// Redis answered with an error; `serverCode` has its code word.
        public static let server = Code(.server)
        /// The client is shut down, or was never run; the command was not sent.
        public static let shutDown = Code(.shutDown)
        /// No connection could be made.
        public static let connectFailed = Code(.connectFailed)
        /// Redis refused a step of the handshake, such as `AUTH`; `serverCode` has its code word.
        public static let handshakeFailed = Code(.handshakeFailed)
        /// Something did not happen in time.
        public static let timedOut = Code(.timedOut)
        /// A reply was over a configured limit; the connection was closed.
        public static let replyTooLarge = Code(.replyTooLarge)
        /// The other side did not speak RESP2 as expected; the connection was closed.
        public static let protocolViolation = Code(.protocolViolation)
        /// The URL of the configuration cannot be used.
        public static let invalidURL = Code(.invalidURL)
        /// Some value of the configuration cannot be used.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// The caller's closure did not encode exactly one whole command; nothing was sent.
        public static let invalidCommand = Code(.invalidCommand)
        /// A subscriber would have more channels than its limit.
        public static let tooManyChannels = Code(.tooManyChannels)
        /// `run()` was called a second time.
        public static let alreadyRunning = Code(.alreadyRunning)

        /// The code's name.
        public var description: String { value.rawValue }
    }

    /// Stored out of line: errors are rare, and every command passes a `Result` that may hold one.
    private final class Storage: Sendable {
        let code: Code
        let message: String
        let serverCode: String?
        let underlying: (any Error)?
        let file: StaticString
        let line: UInt

        init(
            code: Code, message: String, serverCode: String?, underlying: (any Error)?, file: StaticString, line: UInt
        ) {
            self.code = code
            self.message = message
            self.serverCode = serverCode
            self.underlying = underlying
            self.file = file
            self.line = line
        }
    }

    private let storage: Storage

    /// Makes an error at the caller's place.
    public init(
        _ code: Code, _ message: String, serverCode: String? = nil, underlying: (any Error)? = nil,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        storage = Storage(
            code: code, message: message, serverCode: serverCode, underlying: underlying, file: file, line: line)
    }

    /// Makes an error of code `.server` from an error reply.
    public init(reply: RESPError, file: StaticString = #fileID, line: UInt = #line) {
        self.init(.server, reply.description, serverCode: reply.code, file: file, line: line)
    }

    /// The kind of failure.
    public var code: Code { storage.code }
    /// A sentence for operators.
    public var message: String { storage.message }
    /// Redis' own code word (`LOADING`, `OOM`, `READONLY`, `NOSCRIPT`, `WRONGTYPE`, …) if Redis answered.
    public var serverCode: String? { storage.serverCode }
    /// The error which led to this one.
    public var underlying: (any Error)? { storage.underlying }
    /// The source file where it arose.
    public var file: StaticString { storage.file }
    /// The line where it arose.
    public var line: UInt { storage.line }

    /// The error in words for an operator: the message and its cause, without the place in the source.
    public var explanation: String {
        underlying.map { "\(message): \(NetworkErrorText.words(of: $0))" } ?? message
    }

    /// Whether the command may have been executed. Where this is `false`, it has had no effect, except that a script
    /// which failed half-way (code `.server`) keeps what it had written.
    public var isOutcomeUnknown: Bool { code == .unknownOutcome }
}

extension RedisError: CustomStringConvertible {
    /// Everything in one line.
    public var description: String {
        let cause = underlying.map { " (\($0))" } ?? ""
        return "\(code): \(message)\(cause) at \(file):\(line)"
    }
}
